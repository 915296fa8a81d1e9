/* What the generated binding includes before its own code. */
#include "weighbridge.h"
