#include "dimension.h"

#include "harness.h"

static const wb_dimension batch = {WB_FIRST_SYMBOL, 1};
static const wb_dimension named = {WB_FIRST_SYMBOL - 1, WB_FIRST_SYMBOL - 1};

static bool is(wb_dimension got, int64_t size, int64_t cost) { return got.size == size && got.cost == cost; }

TEST(known_sizes_are_added_and_multiplied) {
    wb_dimension made;
    CHECK(wb_dimension_add(wb_known(3), wb_known(4), &made) && is(made, 7, 7));
    CHECK(wb_dimension_multiply(wb_known(3), wb_known(4), &made) && is(made, 12, 12));
}

TEST(what_is_computed_from_an_unknown_size_is_unknown) {
    wb_dimension made;
    CHECK(wb_dimension_add(wb_unknown(), wb_known(4), &made) && is(made, WB_UNKNOWN, WB_UNKNOWN));
    CHECK(wb_dimension_multiply(wb_known(4), wb_unknown(), &made) && is(made, WB_UNKNOWN, WB_UNKNOWN));
}

TEST(a_cost_keeps_the_name_that_it_depends_on) {
    wb_dimension made;
    CHECK(wb_dimension_multiply(named, wb_known(4), &made) && is(made, WB_UNKNOWN, named.cost));
    CHECK(wb_dimension_add(wb_known(4), named, &made) && is(made, WB_UNKNOWN, named.cost));
}

TEST(the_batch_costs_one_in_every_sum_and_product) {
    wb_dimension made;
    CHECK(wb_dimension_add(batch, wb_known(4), &made) && is(made, WB_UNKNOWN, 5));
    CHECK(wb_dimension_multiply(batch, wb_known(4), &made) && is(made, WB_UNKNOWN, 4));
    CHECK(wb_dimension_multiply(batch, named, &made) && is(made, WB_UNKNOWN, named.cost));
}

TEST(nothing_changes_where_nothing_is_added) {
    wb_dimension made;
    CHECK(wb_dimension_add(named, wb_known(0), &made) && is(made, named.size, named.cost));
    CHECK(wb_dimension_add(wb_known(0), batch, &made) && is(made, batch.size, 1));
    CHECK(wb_dimension_multiply(named, wb_known(1), &made) && is(made, named.size, named.cost));
    CHECK(wb_dimension_multiply(wb_known(1), batch, &made) && is(made, batch.size, 1));
}

TEST(no_times_anything_is_nothing) {
    wb_dimension made;
    CHECK(wb_dimension_multiply(named, wb_known(0), &made) && is(made, 0, 0));
    CHECK(wb_dimension_product((wb_dimension[]){wb_known(INT64_MAX), wb_known(2), wb_known(0)}, 3, &made));
    CHECK(is(made, 0, 0));
}

TEST(a_product_is_of_all) {
    wb_dimension made;
    CHECK(wb_dimension_product(NULL, 0, &made) && is(made, 1, 1));
    CHECK(wb_dimension_product((wb_dimension[]){wb_known(1), named, wb_known(1)}, 3, &made));
    CHECK(is(made, named.size, named.cost));
    CHECK(wb_dimension_product((wb_dimension[]){wb_known(2), batch, wb_known(3)}, 3, &made) && is(made, WB_UNKNOWN, 6));
}

TEST(what_does_not_fit_says_so) {
    wb_dimension made;
    CHECK(!wb_dimension_add(wb_known(INT64_MAX), wb_known(1), &made));
    CHECK(!wb_dimension_multiply(wb_known(INT64_MAX), wb_known(2), &made));
    CHECK(wb_dimension_add(batch, wb_known(INT64_MAX), &made)); /* its cost: 1 + 2^63 - 1 */
    CHECK_EQUAL(made.cost, WB_OVERFLOWN);
    CHECK(!wb_dimension_product((wb_dimension[]){wb_known(INT64_MAX), wb_known(2), wb_known(1)}, 3, &made));
    CHECK(wb_dimension_product((wb_dimension[]){wb_known(INT64_MAX), wb_known(2), wb_unknown()}, 3, &made));
    CHECK_EQUAL(made.size, WB_UNKNOWN);
    CHECK(wb_dimension_multiply(wb_known(INT64_MAX), wb_unknown(), &made) && is(made, WB_UNKNOWN, WB_UNKNOWN));
}

static bool half(int64_t size, const int64_t *arguments, int64_t *result) {
    *result = size / 2 + arguments[0];
    return size < 1000;
}

TEST(a_function_is_mapped_over_size_and_cost) {
    wb_dimension made;
    const int64_t ten[] = {10};
    CHECK(wb_dimension_map(wb_known(6), half, ten, &made) && is(made, 13, 13));
    CHECK(wb_dimension_map(batch, half, ten, &made) && is(made, WB_UNKNOWN, 10));
    CHECK(wb_dimension_map(named, half, ten, &made) && is(made, WB_UNKNOWN, named.cost));
    CHECK(!wb_dimension_map(wb_known(1000), half, ten, &made));
}

TEST(only_known_sizes_differ) {
    CHECK(wb_differ(wb_known(3), wb_known(4)));
    CHECK(!wb_differ(wb_known(3), wb_known(3)));
    CHECK(!wb_differ(wb_known(3), named) && !wb_differ(wb_unknown(), wb_known(3)) && !wb_differ(batch, named));
}

TEST(a_part_is_known_where_it_is_whole) {
    CHECK_EQUAL(wb_dimension_divide(wb_known(12), 4).size, 3);
    CHECK_EQUAL(wb_dimension_divide(wb_known(12), 5).size, WB_UNKNOWN);
    CHECK_EQUAL(wb_dimension_divide(wb_known(12), 0).size, WB_UNKNOWN);
    CHECK_EQUAL(wb_dimension_divide((wb_dimension){WB_FIRST_SYMBOL, 1}, 1).size, WB_FIRST_SYMBOL);
    CHECK_EQUAL(wb_dimension_divide((wb_dimension){WB_FIRST_SYMBOL, 1}, 2).size, WB_UNKNOWN);
    CHECK_EQUAL(wb_dimension_divide((wb_dimension){WB_FIRST_SYMBOL, 6}, 2).cost, 3);
}
