/*
 * Makes one allocation of the library fail, as it would where memory runs out.
 * Every test is linked with --wrap for malloc, calloc and realloc, so the library needs no hook for this.
 */
#ifndef ALLOCATION_H
#define ALLOCATION_H

#include <stdbool.h>

/* Fails the n-th allocation from now, 1 being the next, and no other; 0 lets all succeed. */
void harness_fail_allocation(long n);

/* Whether that allocation has come, and failed. Where it has not, n was past the last one. */
bool harness_allocation_failed(void);

#endif
