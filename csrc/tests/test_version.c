#include "harness.h"
#include "weighbridge.h"

TEST(the_version_is_three_numbers) {
    int major, minor, patch, length = 0;
    CHECK_EQUAL(sscanf(wb_version(), "%d.%d.%d%n", &major, &minor, &patch, &length), 3);
    CHECK_EQUAL(length, strlen(wb_version()));
}
