#include "cost.h"

int64_t wb_odd_product(const int64_t *factors, size_t n) {
    int64_t product = 1;
    if (wb_has_zero(factors, n)) {
        return 0;
    }
    for (size_t i = 0; i < n && product >= 0; i++) {
        if (factors[i] < 0) {
            product = factors[i];
        } else if (!wb_multiply(product, factors[i], &product)) {
            product = WB_OVERFLOWN;
        }
    }
    return product;
}
