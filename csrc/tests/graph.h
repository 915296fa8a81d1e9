/*
 * Builds a graph node by node, evaluates it, and tells what came out as short texts that a test can compare:
 *
 *     graph_clear();
 *     int32_t x = graph_input("batch ? 3");
 *     int32_t dense = graph_node(WB_DENSE, RECORD(wb_dense, .units = 5, .use_bias = 1), FROM(x));
 *     CHECK_EQUAL(graph_evaluate(), WB_DONE);
 *     CHECK_STRING(graph_output(dense, 0), "batch ? 5");
 *     CHECK_STRING(graph_weights(dense), "kernel 3x5, bias 5");
 *
 * There is one graph at a time. Texts that are given back stay as they are for some twenty more.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weighbridge.h"

/* ---- Building ----------------------------------------------------------------------------------------- */

/* An empty graph: float32, channels last, no limit in the way. */
void graph_clear(void);

/* Sizes, `?` for unknown ones, names for symbols; the one named `batch` is the graph's. */
int32_t graph_input(const char *shape);
int32_t graph_input_of(enum wb_dtype dtype, const char *shape);

/* Arguments in pairs for the functions below. */
#define RECORD(type, ...) &(type){__VA_ARGS__}, sizeof(type)
#define NO_RECORD NULL, 0
#define LIST(...) (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)
#define NO_LIST NULL, 0
#define FROM LIST
#define FROM_NOTHING NULL, 0
/* A reference to another output than the first. */
#define OUTPUT(node, output) ((int64_t)(node) + (int64_t)(output) * 4294967296)
#define ALL_OF(node) OUTPUT(node, WB_ALL_OUTPUTS)

int32_t graph_node(int32_t operator_id, const void *record, size_t record_size, const int64_t *references, size_t n);
int32_t graph_node_with_list(int32_t operator_id, const void *record, size_t record_size, const int64_t *list,
                             size_t list_length, const int64_t *references, size_t n);

/* Layers that tests of other things are built of. */
int32_t graph_dense(int64_t input, int64_t units, bool use_bias);
int32_t graph_embedding(int64_t input, int64_t input_dim, int64_t output_dim);
int32_t graph_flatten(int64_t input);
int32_t graph_identity(int64_t input);

/* Of a kernel that is neither quantized nor adapted. */
#define UNADAPTED {.lora_rank = WB_ABSENT, .quantization_block_size = WB_ABSENT, .quantization_bits = 8}

/* A block that runs once, and the end of one. */
#define ONCE .repeat = 1, .copies = 1, .active = WB_ABSENT
int32_t graph_block(const void *record, size_t record_size, const int64_t *references, size_t n);
int32_t graph_end(const int64_t *references, size_t n);

/* The strings must live as long as the graph. */
void graph_tie(int32_t node, const char *weight, int32_t owner, const char *owner_weight);

/* As a JSON encoder would write it between the quotes. Nodes are named `dense_1` and so on by themselves. */
void graph_name(int32_t node, const char *escaped);

/* What stands in the record of a node, to be changed; FIELD(wb_dense, units) is the first word of its attributes. */
#define FIELD(type, member) ((int32_t)(offsetof(type, member) / sizeof(int64_t)))
wb_node *graph_header(int32_t node);
int64_t *graph_field(int32_t node, int32_t field);

/* What is not in a record: limits, default types. */
wb_graph *graph_settings(void);

/* ---- Evaluating --------------------------------------------------------------------------------------- */

/* The graph as it stands, each array in memory of just its size. */
const wb_graph *graph_finish(void);

int graph_evaluate(void);

/* The operators' names stand for the types of layers. */
const wb_names *graph_names(void);

/* ---- What came out ------------------------------------------------------------------------------------ */

wb_result *graph_result(void);
const wb_row *graph_row(int32_t node);
const wb_tensor *graph_tensor(int32_t node, int32_t output);

/* "batch ? 5", and the same with what costs are computed with: "1 ? 5". NULL where there is no such output. */
const char *graph_output(int32_t node, int32_t output);
const char *graph_cost(int32_t node, int32_t output);

/* What layers keep for the backward pass, in elements of 4 bytes, undivided: "10 elements, 3 bytes", and what tensor
 * parallelism divides behind it where there is any: "10 + 20/t elements, 3 bytes". "?" is what is not known. Evaluates
 * first. The second is what is computed again, with its node. */
const char *graph_kept(void);
const char *graph_kept_with(enum wb_checkpointing checkpointing);

/* The most that there is at once when the model, all of whose outputs are those of `last`, runs forward. */
const char *graph_peak(int32_t last);

/* The elements that attention keeps of `context` tokens, below 0 where they are not known. */
int64_t graph_cache(int64_t context);

/* "kernel 3x5, bias 5, moving_mean 5 buffer": `fixed` ones are neither trainable nor buffers, `tied` ones others'. */
const char *graph_weights(int32_t node);

/* Whether the i-th error is this one, and says on the output what it is where not. */
bool graph_error_is(int64_t i, wb_error error);

/* Evaluates, and answers whether this error alone was found: at a field of the node, or at an input. */
bool graph_fails_at_field(int32_t node, int32_t field, int32_t code, int64_t got, int64_t expected);
bool graph_fails_at_input(int32_t node, int32_t operand, int32_t code, int64_t got, int64_t expected);
bool graph_fails(int32_t node, int32_t code, int64_t got, int64_t expected);

/* Whether the node refuses every value below `least` in this field, and says so. Leaves the field as it was. */
bool graph_refuses_below(int32_t node, int32_t field, int64_t least);

#endif
