#include "allocation.h"

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

/* How many allocations it is to the one that fails; 0 or less where none is to come. */
static long countdown;
static bool failed;

void harness_fail_allocation(long n) {
    countdown = n;
    failed = false;
}

bool harness_allocation_failed(void) { return failed; }

static bool must_fail(void) {
    if (countdown <= 0 || --countdown > 0) return false;
    return failed = true;
}

void *__wrap_malloc(size_t size) { return must_fail() ? NULL : __real_malloc(size); }

void *__wrap_calloc(size_t count, size_t size) { return must_fail() ? NULL : __real_calloc(count, size); }

void *__wrap_realloc(void *memory, size_t size) { return must_fail() ? NULL : __real_realloc(memory, size); }
