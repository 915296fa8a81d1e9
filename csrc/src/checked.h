/* Arithmetic on sizes. Every sum and product of sizes in the library is made here: a result that does not fit in
 * int64 is `false`, never a wrapped number. */
#ifndef WB_CHECKED_H
#define WB_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool wb_add(int64_t a, int64_t b, int64_t *sum) { return !__builtin_add_overflow(a, b, sum); }

static inline bool wb_subtract(int64_t a, int64_t b, int64_t *difference) {
    return !__builtin_sub_overflow(a, b, difference);
}

static inline bool wb_multiply(int64_t a, int64_t b, int64_t *product) {
    return !__builtin_mul_overflow(a, b, product);
}

/* Is one of `n` sizes 0? */
static inline bool wb_has_zero(const int64_t *sizes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (sizes[i] == 0) {
            return true;
        }
    }
    return false;
}

/* The product of `n` sizes >= 0. A zero among them makes it 0, whatever the others come to. */
static inline bool wb_product(const int64_t *sizes, size_t n, int64_t *product) {
    int64_t all = 1;
    for (size_t i = 0; i < n; i++) {
        if (!wb_multiply(all, sizes[i], &all)) {
            *product = 0;
            return wb_has_zero(sizes, n);
        }
    }
    *product = all;
    return true;
}

/* a / b rounded up, for a >= 0 and b >= 1. Never overflows. */
static inline int64_t wb_ceil_divide(int64_t a, int64_t b) { return a / b + (a % b != 0); }

/* a / b rounded down, and what is left, which has the sign of b; `false` for b = 0, and where it does not fit. */
static inline bool wb_floor_divide(int64_t a, int64_t b, int64_t *quotient) {
    if (b == 0 || (a == INT64_MIN && b == -1)) {
        return false;
    }
    *quotient = a / b - (a % b != 0 && (a < 0) != (b < 0));
    return true;
}

static inline bool wb_floor_remainder(int64_t a, int64_t b, int64_t *remainder) {
    if (b == 0) {
        return false;
    }
    int64_t left = b == -1 ? 0 : a % b; /* INT64_MIN % -1 is more than C can do */
    *remainder = left != 0 && (left < 0) != (b < 0) ? left + b : left;
    return true;
}

#endif
