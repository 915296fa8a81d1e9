#include "graph.h"
#include "harness.h"

/* What a writer has written, as a string. */
static const char *read_back(wb_text *text) {
    static char string[16384];
    snprintf(string, sizeof string, "%.*s", (int)text->length, text->data);
    wb_text_free(text);
    return string;
}

/* The rows of the graph; NULL where it is wrong. */
static const char *rows(int options) {
    wb_text text = {0};
    const wb_graph *graph = graph_finish();
    bool written = wb_evaluate(graph, graph_result(), NULL, 0) == WB_DONE &&
                   wb_write_rows(graph, graph_result(), graph_names(), options, &text) == WB_DONE;
    return written ? read_back(&text) : NULL;
}

static const char *not_counted(void) {
    wb_text text = {0};
    const wb_graph *graph = graph_finish();
    bool written = wb_evaluate(graph, graph_result(), NULL, 0) == WB_DONE &&
                   wb_write_not_counted(graph, graph_result(), graph_names(), &text) == WB_DONE;
    return written ? read_back(&text) : NULL;
}

static int32_t dense(int64_t input, int64_t units) { return graph_dense(input, units, true); }

/* A row with the figures of an identity of so many activations. */
#define NO_WEIGHTS "\"parameters\":0,\"trainable\":0,\"non_trainable\":0,\"buffers\":0,\"macs\":0,"

/* ---- A row -------------------------------------------------------------------------------------------- */

TEST(a_row_says_all_of_a_layer) {
    graph_clear();
    dense(graph_input("batch 3"), 2);
    CHECK_STRING(rows(0), "[{\"name\":\"dense_1\",\"type\":\"dense\",\"inputs\":[\"input_0\"],"
                          "\"input_shapes\":[[\"batch\",3]],\"output_shapes\":[[\"batch\",2]],"
                          "\"parameters\":8,\"trainable\":8,\"non_trainable\":0,\"buffers\":0,"
                          "\"macs\":6,\"activations\":2}]");
}

TEST(weights_and_the_formula_follow_where_asked_for) {
    graph_clear();
    int32_t layer = dense(graph_input("batch 3"), 2);
    graph_header(layer)->weight_dtype = WB_DTYPE_BFLOAT16;
    CHECK_STRING(rows(WB_WITH_WEIGHTS),
                 "[{\"name\":\"dense_1\",\"type\":\"dense\",\"inputs\":[\"input_0\"],"
                 "\"input_shapes\":[[\"batch\",3]],\"output_shapes\":[[\"batch\",2]],"
                 "\"parameters\":8,\"trainable\":8,\"non_trainable\":0,\"buffers\":0,\"macs\":6,\"activations\":2,"
                 "\"weights\":[{\"name\":\"kernel\",\"shape\":[3,2],\"parameters\":6,\"trainable\":true,"
                 "\"buffer\":false,\"dtype\":\"bfloat16\"},"
                 "{\"name\":\"bias\",\"shape\":[2],\"parameters\":2,\"trainable\":true,"
                 "\"buffer\":false,\"dtype\":\"bfloat16\"}],"
                 "\"formula\":\"kernel 3 x 2 = 6; bias 2 = 2; 6 + 2 = 8\"}]");
}

TEST(integers_are_strings_where_asked_for_but_not_within_the_formula) {
    graph_clear();
    graph_dense(graph_input("4 3000000000"), 3000000000, false);
    CHECK_STRING(rows(WB_WITH_WEIGHTS | WB_STRINGS_FOR_INTEGERS),
                 "[{\"name\":\"dense_1\",\"type\":\"dense\",\"inputs\":[\"input_0\"],"
                 "\"input_shapes\":[[\"4\",\"3000000000\"]],\"output_shapes\":[[\"4\",\"3000000000\"]],"
                 "\"parameters\":\"9000000000000000000\",\"trainable\":\"9000000000000000000\",\"non_trainable\":\"0\","
                 "\"buffers\":\"0\",\"macs\":null,\"activations\":\"12000000000\"," /* 3.6e19 MACs do not fit */
                 "\"weights\":[{\"name\":\"kernel\",\"shape\":[\"3000000000\",\"3000000000\"],"
                 "\"parameters\":\"9000000000000000000\",\"trainable\":true,\"buffer\":false,\"dtype\":\"float32\"}],"
                 "\"formula\":\"kernel 3000000000 x 3000000000 = 9000000000000000000\"}]");
}

TEST(what_is_unknown_is_null_and_what_has_a_name_has_it) {
    graph_clear();
    graph_identity(graph_input("? time 9223372036854775807 ?"));
    CHECK_STRING(rows(0),
                 "[{\"name\":\"identity_1\",\"type\":\"identity\",\"inputs\":[\"input_0\"],"
                 "\"input_shapes\":[[null,\"time\",9223372036854775807,null]],"
                 "\"output_shapes\":[[null,\"time\",9223372036854775807,null]]," NO_WEIGHTS "\"activations\":null}]");
}

TEST(a_symbol_without_a_name_is_null) {
    graph_clear();
    int32_t x = graph_input("batch");
    graph_identity(x);
    *graph_field(x, FIELD(wb_input, shape)) = WB_OVERFLOWN;
    CHECK_STRING(rows(0), "[{\"name\":\"identity_1\",\"type\":\"identity\",\"inputs\":[\"input_0\"],"
                          "\"input_shapes\":[[null]],\"output_shapes\":[[null]]," NO_WEIGHTS "\"activations\":null}]");
}

TEST(names_stay_as_they_were_escaped) {
    graph_clear();
    int32_t x = graph_input("batch");
    graph_name(x, "\\u0000\\\"");
    graph_name(graph_identity(x), "\xf0\x9f\xa7\xaa\\n");
    CHECK_STRING(rows(0),
                 "[{\"name\":\"\xf0\x9f\xa7\xaa\\n\",\"type\":\"identity\",\"inputs\":[\"\\u0000\\\"\"],"
                 "\"input_shapes\":[[\"batch\"]],\"output_shapes\":[[\"batch\"]]," NO_WEIGHTS "\"activations\":1}]");
}

TEST(layers_without_weights_say_so) {
    graph_clear();
    graph_identity(graph_input("batch"));
    CHECK(strstr(rows(WB_WITH_WEIGHTS), "\"weights\":[],\"formula\":\"no weights\"}]") != NULL);
}

TEST(a_weight_of_no_axes_is_one_parameter) {
    graph_clear();
    graph_node(WB_NORMALIZATION, RECORD(wb_normalization, .groups = WB_ABSENT, .scale = 1),
               FROM(graph_input("batch 3")));
    CHECK(strstr(rows(WB_WITH_WEIGHTS), "\"shape\":[],\"parameters\":1,") != NULL);
    CHECK(strstr(rows(WB_WITH_WEIGHTS), "\"formula\":\"gamma 1 = 1\"") != NULL);
}

TEST(buffers_are_told_from_what_is_learned) {
    graph_clear();
    int32_t layer = graph_node_with_list(WB_NORMALIZATION, RECORD(wb_normalization, .groups = WB_ABSENT, .moving = 1),
                                         LIST(-1), FROM(graph_input("batch 3")));
    graph_name(layer, "norm");
    CHECK(strstr(rows(WB_WITH_WEIGHTS),
                 "\"parameters\":6,\"trainable\":0,\"non_trainable\":6,\"buffers\":6,\"macs\":0,\"activations\":3,"
                 "\"weights\":[{\"name\":\"moving_mean\",\"shape\":[3],\"parameters\":3,\"trainable\":false,"
                 "\"buffer\":true,\"dtype\":\"float32\"},{\"name\":\"moving_variance\",") != NULL);
}

/* ---- References --------------------------------------------------------------------------------------- */

TEST(other_outputs_than_the_first_have_their_number) {
    graph_clear();
    int32_t lstm = graph_node(
        WB_RECURRENT,
        RECORD(wb_recurrent, .cell = WB_CELL_LSTM, .units = 4, .num_layers = 1, .return_output = 1, .return_state = 1),
        FROM(graph_input("batch 7 3")));
    graph_identity(OUTPUT(lstm, 2));
    CHECK(strstr(rows(0), "\"inputs\":[\"recurrent_1:2\"],\"input_shapes\":[[\"batch\",4]]") != NULL);
}

TEST(within_a_block_its_inputs_are_called_so) {
    graph_clear();
    int32_t x = graph_input("batch 3"), y = graph_input("batch 5");
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(x, y));
    graph_end(FROM(graph_identity(OUTPUT(block, 1))));
    graph_identity(block);
    const char *written = rows(0);
    CHECK(strstr(written, "\"name\":\"block_2/identity_3\",\"type\":\"identity\",\"inputs\":[\"input:1\"],"
                          "\"input_shapes\":[[\"batch\",5]]") != NULL);
    CHECK(strstr(written, "\"name\":\"identity_5\",\"type\":\"identity\",\"inputs\":[\"block_2\"],"
                          "\"input_shapes\":[[\"batch\",5]]") != NULL);
}

/* ---- Blocks ------------------------------------------------------------------------------------------- */

TEST(a_container_has_a_row_and_so_has_each_layer_in_it) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, .repeat = 3, .copies = 4, .active = 2), FROM(graph_input("batch 2")));
    graph_name(block, "tower");
    graph_end(FROM(dense(block, 2)));
    CHECK_STRING(
        rows(WB_WITH_WEIGHTS),
        "[{\"name\":\"tower\",\"type\":\"block\",\"inputs\":[\"input_0\"],\"input_shapes\":[[\"batch\",2]],"
        "\"output_shapes\":[[\"batch\",2]],"
        "\"parameters\":72,\"trainable\":72,\"non_trainable\":0,\"buffers\":0,\"macs\":24,\"activations\":12,"
        "\"weights\":[],\"formula\":\"6 x 3 repeats x 4 copies = 72\"},"
        "{\"name\":\"tower/dense_2\",\"type\":\"dense\",\"inputs\":[\"input\"],\"input_shapes\":[[\"batch\",2]],"
        "\"output_shapes\":[[\"batch\",2]],"
        "\"parameters\":6,\"trainable\":6,\"non_trainable\":0,\"buffers\":0,\"macs\":4,\"activations\":2,"
        "\"parent\":\"tower\",\"repeat\":12,\"runs\":6,"
        "\"weights\":[{\"name\":\"kernel\",\"shape\":[2,2],\"parameters\":4,\"trainable\":true,\"buffer\":false,"
        "\"dtype\":\"float32\"},{\"name\":\"bias\",\"shape\":[2],\"parameters\":2,\"trainable\":true,"
        "\"buffer\":false,\"dtype\":\"float32\"}],\"formula\":\"kernel 2 x 2 = 4; bias 2 = 2; 4 + 2 = 6\"}]");
}

TEST(shared_rounds_do_not_multiply_in_the_formula) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = 3, .share_weights = 1), FROM(graph_input("batch 2")));
    graph_end(FROM(dense(block, 2)));
    CHECK(strstr(rows(WB_WITH_WEIGHTS), "\"formula\":\"6 = 6\"}") != NULL);
}

TEST(a_wrapper_hides_its_parts_and_names_their_weights) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .row = WB_ROW_WRAPPER), FROM(graph_input("batch 2")));
    int32_t inner = graph_block(RECORD(wb_block, ONCE), FROM(block));
    graph_name(inner, "cell");
    int32_t named = dense(inner, 2), bare = graph_dense(named, 1, false);
    graph_name(bare, "");
    graph_end(FROM(bare));
    graph_end(FROM(inner));
    graph_identity(block);
    CHECK_STRING(rows(WB_WITH_WEIGHTS),
                 "[{\"name\":\"block_1\",\"type\":\"block\",\"inputs\":[\"input_0\"],\"input_shapes\":[[\"batch\",2]],"
                 "\"output_shapes\":[[\"batch\",1]],"
                 "\"parameters\":8,\"trainable\":8,\"non_trainable\":0,\"buffers\":0,\"macs\":6,\"activations\":3,"
                 "\"weights\":[{\"name\":\"cell/dense_3/kernel\",\"shape\":[2,2],\"parameters\":4,\"trainable\":true,"
                 "\"buffer\":false,\"dtype\":\"float32\"},"
                 "{\"name\":\"cell/dense_3/bias\",\"shape\":[2],\"parameters\":2,\"trainable\":true,"
                 "\"buffer\":false,\"dtype\":\"float32\"},"
                 "{\"name\":\"cell/kernel\",\"shape\":[2,1],\"parameters\":2,\"trainable\":true,"
                 "\"buffer\":false,\"dtype\":\"float32\"}],"
                 "\"formula\":\"cell/dense_3/kernel 2 x 2 = 4; cell/dense_3/bias 2 = 2; cell/kernel 2 x 1 = 2; "
                 "4 + 2 + 2 = 8\"},"
                 "{\"name\":\"identity_7\",\"type\":\"identity\",\"inputs\":[\"block_1\"],"
                 "\"input_shapes\":[[\"batch\",1]],\"output_shapes\":[[\"batch\",1]]," NO_WEIGHTS
                 "\"activations\":1,\"weights\":[],\"formula\":\"no weights\"}]");
}

/* ---- Ties and layers that are used again -------------------------------------------------------------- */

TEST(a_tied_weight_says_where_it_is_owned) {
    graph_clear();
    int32_t wrapper = graph_block(RECORD(wb_block, ONCE, .row = WB_ROW_WRAPPER), FROM(graph_input("batch")));
    int32_t table = graph_embedding(wrapper, 5, 3);
    graph_end(FROM(table));
    graph_tie(dense(wrapper, 5), "kernel", table, "embeddings");
    const char *written = rows(WB_WITH_WEIGHTS);
    CHECK(strstr(written, "{\"name\":\"kernel\",\"shape\":[3,5],\"parameters\":0,\"trainable\":true,\"buffer\":false,"
                          "\"dtype\":\"float32\",\"tied_to\":\"block_1/embedding_2/embeddings\"}") != NULL);
    CHECK(strstr(written, "\"formula\":\"kernel 3 x 5 tied to block_1/embedding_2/embeddings = 0; bias 5 = 5; "
                          "0 + 5 = 5\"") != NULL);
}

TEST(a_layer_that_is_used_again_says_whose_weights_it_has) {
    graph_clear();
    int32_t first = dense(graph_input("batch 2"), 2);
    graph_header(dense(first, 2))->weights_of = first;
    const char *written = rows(WB_WITH_WEIGHTS);
    CHECK(strstr(written, "\"macs\":4,\"activations\":2,\"shared_with\":\"dense_1\",\"weights\":[],"
                          "\"formula\":\"weights of dense_1\"}]") != NULL);
}

/* ---- What has no row, and what has no name ------------------------------------------------------------ */

TEST(inputs_missing_layers_and_what_they_poison_have_no_rows) {
    graph_clear();
    int32_t x = graph_input("batch");
    graph_identity(graph_node(WB_MISSING, NO_RECORD, FROM(x)));
    CHECK_STRING(rows(WB_WITH_WEIGHTS), "[]");
    CHECK_STRING(not_counted(), "[]");
}

TEST(a_type_without_a_name_is_empty) {
    graph_clear();
    int32_t layer = graph_identity(graph_input("batch"));
    graph_header(layer)->type = 30000;
    CHECK(strstr(rows(0), "\"type\":\"\"") != NULL);
    CHECK(strstr(not_counted(), "\"type\":\"\"") != NULL);
    graph_header(layer)->type = -1;
    CHECK(strstr(rows(0), "\"type\":\"\"") != NULL);
    CHECK(strstr(not_counted(), "\"type\":\"\"") != NULL);
}

TEST(rows_are_appended_to_what_is_there) {
    wb_text text = {0};
    graph_clear();
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(wb_write_rows(graph_finish(), graph_result(), graph_names(), 0, &text), WB_DONE);
    CHECK_EQUAL(wb_write_not_counted(graph_finish(), graph_result(), graph_names(), &text), WB_DONE);
    CHECK_STRING(read_back(&text), "[][]");
}

TEST(each_node_needs_a_name) {
    wb_text text = {0};
    graph_clear();
    graph_input("batch");
    wb_names names = *graph_names();
    names.nodes = "[]";
    names.nodes_length = 2;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(wb_write_rows(graph_finish(), graph_result(), &names, 0, &text), WB_NO_MEMORY);
    wb_text_free(&text);
}

/* ---- Work that is not counted ------------------------------------------------------------------------- */

TEST(work_outside_the_conventions_is_listed_by_row) {
    graph_clear();
    int32_t x = graph_input("batch 2");
    int32_t container = graph_block(RECORD(wb_block, ONCE), FROM(x));
    graph_end(FROM(dense(container, 2)));
    int32_t wrapper = graph_block(RECORD(wb_block, ONCE, .row = WB_ROW_WRAPPER), FROM(container));
    graph_end(FROM(dense(wrapper, 2)));
    int32_t shape = graph_flatten(wrapper);
    graph_identity(shape);
    CHECK_STRING(not_counted(), "[{\"layer\":\"block_1/dense_2\",\"type\":\"dense\",\"what\":\"bias, activation\"},"
                                "{\"layer\":\"identity_8\",\"type\":\"identity\",\"what\":\"elementwise work\"}]");
}
