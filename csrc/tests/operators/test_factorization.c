#include "graph.h"
#include "harness.h"

static int32_t factors(wb_factorization record, const char *input) {
    graph_clear();
    return graph_node(WB_FACTORIZATION, &record, sizeof record, FROM(graph_input(input)));
}

static const char *shape(int32_t layer, int32_t factor) {
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    return graph_output(layer, factor);
}

/* numpy.linalg.qr, mode "reduced" and "complete". */
TEST(an_orthogonal_matrix_has_as_many_columns_as_there_are_of_the_fewer) {
    int32_t layer = factors((wb_factorization){WB_FACTORS_QR}, "batch 12 8");
    CHECK_STRING(shape(layer, 0), "batch 12 8");
    CHECK_STRING(shape(layer, 1), "batch 8 8");
    layer = factors((wb_factorization){WB_FACTORS_QR}, "8 12");
    CHECK_STRING(shape(layer, 0), "8 8");
    CHECK_STRING(shape(layer, 1), "8 12");
    layer = factors((wb_factorization){WB_FACTORS_QR, .complete = 1}, "batch 12 8");
    CHECK_STRING(shape(layer, 0), "batch 12 12");
    CHECK_STRING(shape(layer, 1), "batch 12 8");
}

/* numpy.linalg.svd. */
TEST(singular_values_stand_between_their_vectors) {
    int32_t layer = factors((wb_factorization){WB_FACTORS_SVD, .complete = 1}, "2 3 12 8");
    CHECK_STRING(shape(layer, 0), "2 3 12 12");
    CHECK_STRING(shape(layer, 1), "2 3 8");
    CHECK_STRING(shape(layer, 2), "2 3 8 8");
    layer = factors((wb_factorization){WB_FACTORS_SVD}, "8 12");
    CHECK_STRING(shape(layer, 0), "8 8");
    CHECK_STRING(shape(layer, 1), "8");
    CHECK_STRING(shape(layer, 2), "8 12");
    layer = factors((wb_factorization){WB_FACTORS_SVD, .values_only = 1}, "batch 12 8");
    CHECK_STRING(shape(layer, 0), "batch 8");
    CHECK_EQUAL(graph_row(layer)->n_outputs, 1);
}

TEST(eigenvalues_are_of_square_matrices) {
    int32_t layer = factors((wb_factorization){WB_FACTORS_EIGEN}, "batch 8 8");
    CHECK_STRING(shape(layer, 0), "batch 8");
    CHECK_STRING(shape(layer, 1), "batch 8 8");
    CHECK(graph_fails_at_input(factors((wb_factorization){WB_FACTORS_EIGEN}, "batch 8 9"), 0, WB_ERROR_SHAPES_DIFFER, 9,
                               8));
}

TEST(triangular_matrices_are_one_and_places_another) {
    int32_t layer = factors((wb_factorization){WB_FACTORS_LU}, "batch 12 8");
    CHECK_STRING(shape(layer, 0), "batch 12 8");
    CHECK_STRING(shape(layer, 1), "batch 8");
}

TEST(the_lesser_of_two_sizes_is_known_where_both_are) {
    CHECK_STRING(shape(factors((wb_factorization){WB_FACTORS_LU}, "batch seq 8"), 1), "batch ?");
    CHECK_STRING(shape(factors((wb_factorization){WB_FACTORS_LU}, "batch seq seq"), 1), "batch seq");
    int32_t layer = factors((wb_factorization){WB_FACTORS_LU}, "4 batch 8");
    CHECK_STRING(shape(layer, 1), "4 ?");
    CHECK_STRING(graph_cost(layer, 1), "4 1");
}

TEST(a_matrix_has_two_axes) {
    CHECK(graph_fails_at_input(factors((wb_factorization){WB_FACTORS_QR}, "8"), 0, WB_ERROR_RANK_TOO_SMALL, 1, 2));
}
