/* Shapes and dtypes are those that Keras 3.15.1 reports for the same layers. */
#include "graph.h"
#include "harness.h"

#define NOTHING .entries = WB_ABSENT, .max_tokens = WB_ABSENT, .output_sequence_length = WB_ABSENT

static const char *encoded(wb_encoding record, const char *input) {
    graph_clear();
    int32_t layer = graph_node(WB_ENCODING, &record, sizeof record, FROM(graph_input(input)));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    return graph_output(layer, 0);
}

TEST(a_single_category_becomes_its_vector) {
    const wb_encoding one_hot = {WB_ENCODING_CATEGORIES, WB_OUTPUT_MODE_ONE_HOT, .depth = 4, NOTHING};
    CHECK_STRING(encoded(one_hot, "batch 1"), "batch 4");
    CHECK_STRING(encoded(one_hot, "batch 5"), "batch 5 4");
    CHECK_STRING(encoded(one_hot, "batch 3 ?"), "batch 3 ? 4");
    CHECK_STRING(encoded(one_hot, "1"), "1 4");
    CHECK_STRING(encoded(one_hot, ""), "4");
}

TEST(all_categories_of_an_example_become_one_vector) {
    const wb_encoding multi_hot = {WB_ENCODING_CATEGORIES, WB_OUTPUT_MODE_MULTI_HOT, .depth = 4, NOTHING};
    CHECK_STRING(encoded(multi_hot, "batch 5"), "batch 4");
    CHECK_STRING(encoded(multi_hot, "batch 3 ?"), "batch 3 4");
    CHECK_STRING(encoded(multi_hot, ""), "4");
}

TEST(bins_are_counted_over_the_axis_behind_the_batch) {
    wb_encoding bins = {WB_ENCODING_BINS, WB_OUTPUT_MODE_COUNT, .depth = WB_ABSENT, .specials = 1, NOTHING};
    bins.entries = 2;
    CHECK_STRING(encoded(bins, "batch 5"), "batch 3");
    CHECK_STRING(encoded(bins, "batch 3 ?"), "batch ? 3");
    CHECK_STRING(encoded(bins, "batch"), "3");
}

TEST(hashes_take_the_last_place_always) {
    const wb_encoding hashes = {WB_ENCODING_HASHES, WB_OUTPUT_MODE_ONE_HOT, .depth = 10, NOTHING};
    CHECK_STRING(encoded(hashes, "batch 3"), "batch 10");
}

TEST(a_vocabulary_has_its_tokens_and_those_for_what_it_lacks) {
    wb_encoding lookup = {WB_ENCODING_LOOKUP, WB_OUTPUT_MODE_MULTI_HOT, .depth = WB_ABSENT, .specials = 1, NOTHING};
    CHECK_STRING(encoded(lookup, "batch 3"), "batch ?");
    lookup.entries = 3;
    CHECK_STRING(encoded(lookup, "batch 3"), "batch 4");
    lookup.max_tokens = 9;
    CHECK_STRING(encoded(lookup, "batch 3"), "batch 4");
    lookup.pad_to_max_tokens = 1;
    CHECK_STRING(encoded(lookup, "batch 3"), "batch 9");
}

TEST(a_text_becomes_as_many_tokens_as_it_is_cut_to) {
    wb_encoding text = {WB_ENCODING_TEXT, WB_OUTPUT_MODE_INT, .depth = WB_ABSENT, .splits = 1, NOTHING};
    CHECK_STRING(encoded(text, "batch 1"), "batch ?");
    text.output_sequence_length = 40;
    CHECK_STRING(encoded(text, "batch"), "batch 40");
    text.output_mode = WB_OUTPUT_MODE_TF_IDF;
    text.depth = 9;
    CHECK_STRING(encoded(text, "batch"), "batch 9");
    CHECK_STRING(encoded(text, "batch 1"), "batch 1 9");
    text.splits = 0;
    CHECK_STRING(encoded(text, "batch 1"), "batch 9");
}

TEST(indices_are_integers_of_the_dtype_of_the_layer) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t bins = graph_node(WB_ENCODING, RECORD(wb_encoding, WB_ENCODING_BINS, .depth = 4, NOTHING), FROM(x));
    int32_t hashes = graph_node(WB_ENCODING, RECORD(wb_encoding, WB_ENCODING_HASHES, .depth = 4, NOTHING), FROM(x));
    int32_t given = graph_node(WB_ENCODING, RECORD(wb_encoding, WB_ENCODING_HASHES, .depth = 4, NOTHING), FROM(x));
    int32_t lookup = graph_node(WB_ENCODING, RECORD(wb_encoding, WB_ENCODING_LOOKUP, .depth = 4, NOTHING), FROM(x));
    graph_header(given)->compute_dtype = graph_header(lookup)->compute_dtype = WB_DTYPE_INT16;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(bins, 0)->dtype, WB_DTYPE_INT32);
    CHECK_EQUAL(graph_tensor(hashes, 0)->dtype, WB_DTYPE_INT64);
    CHECK_EQUAL(graph_tensor(given, 0)->dtype, WB_DTYPE_INT16);
    CHECK_EQUAL(graph_tensor(lookup, 0)->dtype, WB_DTYPE_INT64);
}

TEST(a_crossing_is_of_two_inputs_of_one_shape) {
    graph_clear();
    int32_t x = graph_input("batch 3"), y = graph_input("batch 2");
    wb_encoding crossing = {WB_ENCODING_CROSSING, WB_OUTPUT_MODE_ONE_HOT, .depth = 10, NOTHING};
    int32_t layer = graph_node(WB_ENCODING, &crossing, sizeof crossing, FROM(x, y));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 2, 3));
    graph_clear();
    x = graph_input("1");
    layer = graph_node(WB_ENCODING, &crossing, sizeof crossing, FROM(x, x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "10");
}

TEST(bins_are_said_in_one_way) {
    const int32_t depth = FIELD(wb_encoding, depth);
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t neither =
        graph_node(WB_ENCODING, RECORD(wb_encoding, WB_ENCODING_BINS, .depth = WB_ABSENT, NOTHING), FROM(x));
    CHECK(graph_fails_at_field(neither, depth, WB_ERROR_MISSING, 0, 0));
    *graph_field(neither, depth) = 4;
    *graph_field(neither, FIELD(wb_encoding, entries)) = 3;
    CHECK(graph_fails_at_field(neither, depth, WB_ERROR_NEEDLESS, 0, 0));
}

TEST(padding_needs_the_number_of_tokens) {
    graph_clear();
    int32_t layer =
        graph_node(WB_ENCODING, RECORD(wb_encoding, WB_ENCODING_LOOKUP, .depth = 4, .pad_to_max_tokens = 1, NOTHING),
                   FROM(graph_input("batch 3")));
    CHECK(graph_fails_at_field(layer, FIELD(wb_encoding, max_tokens), WB_ERROR_MISSING, 0, 0));
    *graph_field(layer, FIELD(wb_encoding, max_tokens)) = 1;
    CHECK(graph_fails_at_field(layer, FIELD(wb_encoding, max_tokens), WB_ERROR_TOO_SMALL, 1, 2));
}
