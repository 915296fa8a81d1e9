/* A dimension: what a person is shown, and what costs are computed with. See wb_dimension. */
#ifndef WB_DIMENSION_H
#define WB_DIMENSION_H

#include <stdbool.h>

#include "weighbridge.h"

static inline bool wb_is_known(int64_t size) { return size >= 0; }

static inline wb_dimension wb_known(int64_t size) { return (wb_dimension){size, size}; }

static inline wb_dimension wb_unknown(void) { return (wb_dimension){WB_UNKNOWN, WB_UNKNOWN}; }

/* Are these known to be different? Unknown and named dimensions are not compared. */
static inline bool wb_differ(wb_dimension a, wb_dimension b) {
    return wb_is_known(a.size) && wb_is_known(b.size) && a.size != b.size;
}

/* Arithmetic on dimensions. What is computed from an unknown dimension or a symbol is unknown; adding 0 and
 * multiplying or dividing by 1 leave a dimension as it is, its name too. `false` is an overflow of a size; that of a
 * cost alone is WB_OVERFLOWN. */
bool wb_dimension_add(wb_dimension a, wb_dimension b, wb_dimension *sum);
bool wb_dimension_multiply(wb_dimension a, wb_dimension b, wb_dimension *product);

/* Any function of one size >= 0, for what the two above do not cover; answers false where it overflows. */
typedef bool wb_size_function(int64_t size, const int64_t *arguments, int64_t *result);
bool wb_dimension_map(wb_dimension a, wb_size_function *function, const int64_t *arguments, wb_dimension *result);

/* An equal part of a size: unknown where the parts are not whole, or none. In one part it stays as it is. */
wb_dimension wb_dimension_divide(wb_dimension a, int64_t parts);

/* What there is of a size from `start` on: unknown where it does not begin within. */
wb_dimension wb_dimension_behind(wb_dimension a, int64_t start);

/* The product of `n` dimensions. */
bool wb_dimension_product(const wb_dimension *dimensions, int n, wb_dimension *product);

#endif
