#include "harness.h"
#include "operators/scale.h"

static int64_t scaled(int64_t size, int64_t numerator, int64_t denominator) {
    int64_t result;
    return wb_scale(size, (int64_t[]){numerator, denominator}, &result) ? result : -1;
}

TEST(integers_are_exact_up_to_the_largest) {
    CHECK_EQUAL(scaled(7, 3, 1), 21);
    CHECK_EQUAL(scaled(INT64_MAX, 1, 1), INT64_MAX);
    CHECK_EQUAL(scaled(0, 3, 1), 0);
    CHECK_EQUAL(scaled(INT64_MAX, 2, 1), -1);
    CHECK_EQUAL(scaled(INT64_MAX, INT64_MAX, 1), -1);
}

TEST(fractions_round_down) {
    CHECK_EQUAL(scaled(5, 5, 2), 12);
    CHECK_EQUAL(scaled(5, 1, 2), 2);
    CHECK_EQUAL(scaled(1, 1, 2), 0);
}

/* Python: int(3 * (1 / 3)) is 1, and int(100 * 0.29) is 28. The ratios are `as_integer_ratio()` of the floats. */
TEST(the_product_is_a_double_before_it_is_rounded_down) {
    CHECK_EQUAL(scaled(3, 6004799503160661, 18014398509481984), 1);
    CHECK_EQUAL(scaled(2, 6004799503160661, 18014398509481984), 0);
    CHECK_EQUAL(scaled(100, 5224175567749775, 18014398509481984), 28);
    CHECK_EQUAL(scaled(10, 2476979795053773, 2251799813685248), 11); /* 1.1 */
}

/* Python: int((2**53 + 1) * 1.5), where 2^53 + 1 becomes 2^53 first. */
TEST(a_size_that_is_no_double_becomes_the_nearest) {
    CHECK_EQUAL(scaled(9007199254740993, 3, 2), 13510798882111488);
    CHECK_EQUAL(scaled(9007199254740995, 3, 2), 13510798882111494); /* 2^53 + 4, for 3 lies between 2 and 4 */
}

/* size // divisor ** times, -1 where it does not fit. */
static int64_t divided(int64_t size, int64_t numerator, int64_t denominator, int times) {
    int64_t result;
    wb_power power = wb_power_of_none();
    for (int i = 0; i < times; i++) {
        power = wb_power_next(power, (int64_t[]){numerator, denominator});
    }
    return wb_power_divide(size, power, &result) ? result : -1;
}

/* Python: the same with `//` and `**`. */
TEST(a_size_by_a_power_is_rounded_down_once) {
    CHECK_EQUAL(divided(1024, 4, 1, 3), 16);
    CHECK_EQUAL(divided(16, 3, 2, 1), 10);
    CHECK_EQUAL(divided(16, 3, 2, 2), 7); /* 16 // 2.25; rounded down twice it would be 6 */
    CHECK_EQUAL(divided(16, 3, 2, 3), 4); /* 16 // 3.375 */
    CHECK_EQUAL(divided(6, 1, 2, 3), 48); /* 6 // 0.125 */
    CHECK_EQUAL(divided(INT64_MAX, 2, 1, 62), 1);
    CHECK_EQUAL(divided(INT64_MAX, 2, 1, 63), 0);
    CHECK_EQUAL(divided(INT64_MAX, 10, 1, 40), 0);
    CHECK_EQUAL(divided(7, INT64_MAX, 1, 1), 0);
    CHECK_EQUAL(divided(1, 1, 2, 62), INT64_C(1) << 62);
    CHECK_EQUAL(divided(2, 1, 2, 62), -1);
    CHECK_EQUAL(divided(1, 1, 2, 100), -1);
    CHECK_EQUAL(divided(0, 1, 2, 64), 0);
}

/* 121 // 1.1 ** 2 is 99, for the power is 1.2100000000000002; 1331 // 1.1 ** 3 is 999. The ratio is that of 1.1. */
TEST(a_power_is_a_double) {
    CHECK_EQUAL(divided(121, 2476979795053773, 2251799813685248, 2), 99);
    CHECK_EQUAL(divided(1331, 2476979795053773, 2251799813685248, 3), 999);
    CHECK_EQUAL(divided(1332, 2476979795053773, 2251799813685248, 3), 1000);
}
