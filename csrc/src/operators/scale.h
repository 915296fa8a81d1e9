/* Sizes times a factor that need not be an integer. */
#ifndef WB_SCALE_H
#define WB_SCALE_H

#include "../operator.h"

/* A wb_size_function: `size` times factor[0] / factor[1], rounded down. A factor that is no integer is a double, of
 * which numerator and denominator are exact, and the product is rounded to a double before it is rounded down:
 * PyTorch makes 1 of 3 times 0.333..., where the exact product is less. */
bool wb_scale(int64_t size, const int64_t *factor, int64_t *result);

#endif
