#include "weighbridge.h"

const char *wb_version(void) { return WEIGHBRIDGE_VERSION; }
