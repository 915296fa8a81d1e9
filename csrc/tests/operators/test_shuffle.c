#include "graph.h"
#include "harness.h"

enum { FACTOR = FIELD(wb_shuffle, factor) };

static int32_t shuffle(const char *input, const wb_shuffle *record) {
    graph_clear();
    return graph_node(WB_SHUFFLE, record, sizeof *record, FROM(graph_input(input)));
}

#define SHUFFLED(input, way, by, ...) \
    shuffle(input, &(wb_shuffle){     \
                       .kind = WB_SHUFFLE_##way, .factor = (by), .data_format = WB_DATA_FORMAT_DEFAULT, __VA_ARGS__})
#define FIRST .data_format = WB_DATA_FORMAT_CHANNELS_FIRST

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

/* PyTorch 2.13: PixelShuffle, PixelUnshuffle, ChannelShuffle. */
TEST(channels_become_space) {
    CHECK_STRING(shape(SHUFFLED("2 4 5 12", TO_SPACE, 2)), "2 8 10 3");
    CHECK_STRING(shape(SHUFFLED("2 18 4 5", TO_SPACE, 3, FIRST)), "2 2 12 15");
}

TEST(space_becomes_channels) {
    CHECK_STRING(shape(SHUFFLED("2 8 10 3", TO_CHANNELS, 2)), "2 4 5 12");
    CHECK_STRING(shape(SHUFFLED("2 3 8 10", TO_CHANNELS, 2, FIRST)), "2 12 4 5");
}

TEST(channels_change_places) {
    CHECK_STRING(shape(SHUFFLED("2 4 5 12", CHANNELS, 3)), "2 4 5 12");
    CHECK_STRING(shape(SHUFFLED("2 12 seq", CHANNELS, 3, FIRST)), "2 12 seq");
}

TEST(whatever_stands_before_the_channels_stays) {
    CHECK_STRING(shape(SHUFFLED("4 3 3", TO_SPACE, 2, FIRST)), "1 6 6");
    CHECK_STRING(shape(SHUFFLED("2 5 4 3 3", TO_SPACE, 2, FIRST)), "2 5 1 6 6");
}

TEST(by_one_names_stay) {
    CHECK_STRING(shape(SHUFFLED("batch high wide 3", TO_SPACE, 1)), "batch high wide 3");
    CHECK_STRING(shape(SHUFFLED("batch high wide 3", TO_CHANNELS, 1)), "batch high wide 3");
    CHECK_STRING(shape(SHUFFLED("batch high 4 ?", TO_SPACE, 2)), "batch ? 8 ?");
}

TEST(the_factor_must_divide) {
    CHECK(graph_fails_at_input(SHUFFLED("2 4 5 6", TO_SPACE, 2), 0, WB_ERROR_GROUPS, 6, 4));
    CHECK(graph_fails_at_input(SHUFFLED("2 4 5 3", TO_CHANNELS, 2), 0, WB_ERROR_GROUPS, 5, 2));
    CHECK(graph_fails_at_input(SHUFFLED("2 4 5 4", CHANNELS, 3), 0, WB_ERROR_GROUPS, 4, 3));
}

TEST(it_is_at_least_one_and_its_square_fits) {
    CHECK(graph_refuses_below(SHUFFLED("2 4 5 12", TO_SPACE, 2), FACTOR, 1));
    CHECK(graph_fails(SHUFFLED("2 4 5 12", TO_SPACE, 4294967296), WB_ERROR_OVERFLOW, 0, 0));
}

TEST(an_image_has_three_axes_at_least) {
    CHECK(graph_fails_at_input(SHUFFLED("5 12", TO_SPACE, 2), 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
}
