// Nothing to call: see VisibleMutex.c.
