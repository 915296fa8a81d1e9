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
