/* Sizes times a factor that need not be an integer. */
#ifndef WB_SCALE_H
#define WB_SCALE_H

#include "../operator.h"

/* Both parts of a factor are above 0; `field` is that of the first. */
bool wb_check_factor(wb_call *call, int32_t field, const int64_t *factor);

/* A wb_size_function: `size` times factor[0] / factor[1], rounded down. A factor that is no integer is a double, of
 * which numerator and denominator are exact, and the product is rounded to a double before it is rounded down:
 * PyTorch makes 1 of 3 times 0.333..., where the exact product is less. */
bool wb_scale(int64_t size, const int64_t *factor, int64_t *result);

/* The double that a power of such a factor is: significand times 2^exponent. */
typedef struct wb_power {
    uint64_t significand;
    int64_t exponent;
} wb_power;

static inline wb_power wb_power_of_none(void) { return (wb_power){.significand = 1}; }

/* The next power of the factor, rounded to a double. The denominator is a power of 2, as that of every double. */
wb_power wb_power_next(wb_power power, const int64_t *factor);

/* `size` by a power, rounded down, as Python's `//` has it; false where it does not fit. */
bool wb_power_divide(int64_t size, wb_power power, int64_t *result);

#endif
