/* Costs: sizes that may be unknown (negative: the dimension they depend on) or WB_OVERFLOWN, which both carry on
 * through every sum and product. */
#ifndef WB_COST_H
#define WB_COST_H

#include "checked.h"
#include "rare.h"
#include "weighbridge.h"

/* A product where the factors are not all known, or too large. */
WB_RARE int64_t wb_odd_product(const int64_t *factors, size_t n);

/* A zero among the factors makes the product 0, whatever the others are. */
static inline int64_t wb_cost_product(const int64_t *factors, size_t n) {
    int64_t product = 1;
    for (size_t i = 0; i < n; i++) {
        if (factors[i] < 0 || !wb_multiply(product, factors[i], &product)) {
            return wb_odd_product(factors, n);
        }
    }
    return product;
}

static inline int64_t wb_cost_multiply(int64_t a, int64_t b) { return wb_cost_product((int64_t[]){a, b}, 2); }

static inline int64_t wb_cost_sum(int64_t a, int64_t b) {
    int64_t sum;
    bool fits = wb_add(a, b, &sum);
    if ((a | b) < 0) {
        return a < 0 ? a : b;
    }
    return fits ? sum : WB_OVERFLOWN;
}

#endif
