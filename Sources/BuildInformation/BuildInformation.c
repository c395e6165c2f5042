#include "BuildInformation.h"

#ifndef BEDQUOTA_COMMIT
#define BEDQUOTA_COMMIT ""
#endif

const char *bedquota_commit(void) { return BEDQUOTA_COMMIT; }
