#include "scale.h"

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
