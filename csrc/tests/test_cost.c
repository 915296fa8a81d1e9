#include "cost.h"
#include "harness.h"

enum { SYMBOL = WB_FIRST_SYMBOL, OTHER = WB_FIRST_SYMBOL - 1 };

TEST(known_costs_are_added_and_multiplied) {
    CHECK_EQUAL(wb_cost_sum(3, 4), 7);
    CHECK_EQUAL(wb_cost_multiply(3, 4), 12);
    CHECK_EQUAL(wb_cost_product(NULL, 0), 1);
}

TEST(an_unknown_cost_carries_on_and_the_first_one_names_it) {
    CHECK_EQUAL(wb_cost_sum(WB_UNKNOWN, 4), WB_UNKNOWN);
    CHECK_EQUAL(wb_cost_sum(4, SYMBOL), SYMBOL);
    CHECK_EQUAL(wb_cost_sum(SYMBOL, OTHER), SYMBOL);
    CHECK_EQUAL(wb_cost_multiply(4, OTHER), OTHER);
    CHECK_EQUAL(wb_cost_product((int64_t[]){2, OTHER, SYMBOL, 5}, 4), OTHER);
}

TEST(an_overflow_carries_on_as_well) {
    CHECK_EQUAL(wb_cost_sum(INT64_MAX, 1), WB_OVERFLOWN);
    CHECK_EQUAL(wb_cost_sum(WB_OVERFLOWN, 1), WB_OVERFLOWN);
    CHECK_EQUAL(wb_cost_multiply(INT64_MAX, 2), WB_OVERFLOWN);
    CHECK_EQUAL(wb_cost_product((int64_t[]){INT64_MAX, 2, SYMBOL}, 3), WB_OVERFLOWN);
}

TEST(a_zero_factor_makes_any_cost_zero) {
    CHECK_EQUAL(wb_cost_multiply(WB_UNKNOWN, 0), 0);
    CHECK_EQUAL(wb_cost_product((int64_t[]){INT64_MAX, INT64_MAX, SYMBOL, 0}, 4), 0);
}
