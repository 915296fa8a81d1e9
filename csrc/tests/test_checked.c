#include "checked.h"
#include "harness.h"

TEST(sums_that_fit_come_out) {
    int64_t sum;
    CHECK(wb_add(INT64_MAX - 1, 1, &sum));
    CHECK_EQUAL(sum, INT64_MAX);
    CHECK(wb_add(INT64_MIN, INT64_MAX, &sum));
    CHECK_EQUAL(sum, -1);
}

TEST(sums_that_do_not_fit_say_so) {
    int64_t sum;
    CHECK(!wb_add(INT64_MAX, 1, &sum));
    CHECK(!wb_add(INT64_MIN, -1, &sum));
}

TEST(differences_may_pass_either_end) {
    int64_t difference;
    CHECK(wb_subtract(0, INT64_MAX, &difference));
    CHECK_EQUAL(difference, -INT64_MAX);
    CHECK(wb_subtract(-1, INT64_MIN, &difference));
    CHECK_EQUAL(difference, INT64_MAX);
    CHECK(!wb_subtract(0, INT64_MIN, &difference));
    CHECK(!wb_subtract(INT64_MIN, 1, &difference));
}

TEST(products_are_checked_too) {
    int64_t product;
    CHECK(wb_multiply(3037000499, 3037000499, &product)); /* the largest square below 2^63 */
    CHECK_EQUAL(product, 9223372030926249001);
    CHECK(!wb_multiply(3037000500, 3037000500, &product));
    CHECK(!wb_multiply(INT64_MIN, -1, &product));
    CHECK(wb_multiply(INT64_MIN, 1, &product));
}

TEST(a_product_of_nothing_is_one) {
    int64_t product;
    CHECK(wb_product(NULL, 0, &product));
    CHECK_EQUAL(product, 1);
}

TEST(a_zero_makes_a_product_zero_wherever_it_stands) {
    int64_t product;
    CHECK(wb_product((int64_t[]){INT64_MAX, INT64_MAX, 0}, 3, &product));
    CHECK_EQUAL(product, 0);
    CHECK(wb_product((int64_t[]){0, INT64_MAX, INT64_MAX}, 3, &product));
    CHECK_EQUAL(product, 0);
}

TEST(a_product_stays_too_large_whatever_comes_after) {
    int64_t product;
    CHECK(!wb_product((int64_t[]){INT64_MAX, 2, 1}, 3, &product));
    CHECK(wb_product((int64_t[]){1, INT64_MAX, 1}, 3, &product));
    CHECK_EQUAL(product, INT64_MAX);
}

TEST(a_division_rounds_down_and_what_is_left_has_the_sign_of_the_divisor) {
    int64_t quotient, remainder;
    for (int64_t a = -7; a <= 7; a++) {
        for (int64_t b = -3; b <= 3; b++) {
            CHECK_EQUAL(wb_floor_divide(a, b, &quotient), b != 0);
            CHECK_EQUAL(wb_floor_remainder(a, b, &remainder), b != 0);
            if (b != 0) {
                CHECK_EQUAL(quotient * b + remainder, a);
                CHECK(b > 0 ? remainder >= 0 && remainder < b : remainder <= 0 && remainder > b);
            }
        }
    }
}

TEST(the_one_quotient_that_does_not_fit_leaves_nothing) {
    int64_t made;
    CHECK(!wb_floor_divide(INT64_MIN, -1, &made));
    CHECK(wb_floor_remainder(INT64_MIN, -1, &made));
    CHECK_EQUAL(made, 0);
}

TEST(a_division_rounds_up_without_a_detour) {
    CHECK_EQUAL(wb_ceil_divide(0, 3), 0);
    CHECK_EQUAL(wb_ceil_divide(6, 3), 2);
    CHECK_EQUAL(wb_ceil_divide(7, 3), 3);
    CHECK_EQUAL(wb_ceil_divide(INT64_MAX, 2), 4611686018427387904); /* 2^62 */
    CHECK_EQUAL(wb_ceil_divide(INT64_MAX, INT64_MAX), 1);
    CHECK_EQUAL(wb_ceil_divide(1, INT64_MAX), 1);
}
