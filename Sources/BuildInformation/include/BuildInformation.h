/// The commit of a release build, with "-changed" behind it if files were changed since; empty in a debug build, which would be compiled
/// anew after every commit, and where the source is in no repository.
const char *bedquota_commit(void);
