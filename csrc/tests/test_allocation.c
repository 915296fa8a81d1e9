#include "allocation.h"

#include <stdlib.h>

#include "harness.h"

/* Volatile, so that the compiler does not leave out what is freed at once. */
static bool succeeds(void *volatile memory) {
    bool got = memory != NULL;
    free(memory);
    return got;
}

TEST(only_the_chosen_allocation_fails) {
    harness_fail_allocation(2);
    CHECK(succeeds(malloc(1)));
    CHECK(!harness_allocation_failed());
    CHECK(!succeeds(calloc(1, 1)));
    CHECK(harness_allocation_failed());
    CHECK(succeeds(realloc(NULL, 1)));
}

TEST(a_choice_past_the_last_allocation_fails_none) {
    harness_fail_allocation(3);
    CHECK(succeeds(malloc(1)));
    CHECK(!harness_allocation_failed());
    harness_fail_allocation(0);
}
