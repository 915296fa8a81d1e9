#include "scale.h"

bool wb_check_factor(wb_call *call, int32_t field, const int64_t *factor) {
    if (factor[1] < 1) {
        return wb_fail(call, WB_ERROR_GRAPH, field + 1, factor[1], 1);
    }
    return factor[0] > 0 || wb_fail(call, WB_ERROR_NOT_POSITIVE, field, 0, 0);
}

/* Wide enough for the product of two int64. */
typedef unsigned __int128 wide;

/* Bits of a double's significand (IEEE 754). */
enum { SIGNIFICAND = 53 };

/* The double that is nearest; of two as near the even one. */
static wide rounded(wide number) {
    int drop = 0;
    while (number >> drop >> SIGNIFICAND != 0) {
        drop++;
    }
    if (drop == 0) {
        return number;
    }
    wide kept = number >> drop;
    wide rest = number - (kept << drop);
    wide half = (wide)1 << (drop - 1);
    if (rest > half || (rest == half && kept % 2 != 0)) {
        kept++;
    }
    return kept << drop;
}

bool wb_scale(int64_t size, const int64_t *factor, int64_t *result) {
    bool is_integer = factor[1] == 1;
    wide number = (uint64_t)size, times = (uint64_t)factor[0], parts = (uint64_t)factor[1];
    wide product = is_integer ? number * times : rounded(rounded(number) * times);
    wide scaled = product / parts;
    *result = (int64_t)scaled;
    return scaled <= INT64_MAX;
}

wb_power wb_power_next(wb_power power, const int64_t *factor) {
    wide product = rounded(power.significand * rounded((uint64_t)factor[0]));
    for (int64_t parts = factor[1]; parts > 1; parts /= 2) {
        power.exponent--;
    }
    while (product >> SIGNIFICAND != 0) {
        product >>= 1; /* a zero, since it is rounded */
        power.exponent++;
    }
    power.significand = (uint64_t)product;
    return power;
}

/* Shifts that a size, and a significand, have room for. */
enum { MOST_UP = 64 };

bool wb_power_divide(int64_t size, wb_power power, int64_t *result) {
    wide number = (uint64_t)size, divisor = power.significand;
    if (power.exponent >= MOST_UP) {
        *result = 0; /* 2^64 is more than any size */
        return true;
    }
    if (power.exponent < -MOST_UP) {
        return false;
    }
    wide quotient = power.exponent < 0 ? (number << -power.exponent) / divisor : number / (divisor << power.exponent);
    *result = (int64_t)quotient;
    return quotient <= INT64_MAX;
}
