/* Transformers as PyTorch has them: an encoder, a decoder, or both (Vaswani et al., 2017). */
#include <string.h>

#include "../backward.h"
#include "../cache.h"
#include "../cost.h"
#include "operators.h"

static bool has_encoder(const wb_transformer *transformer) { return transformer->parts != WB_PARTS_DECODER; }

static bool has_decoder(const wb_transformer *transformer) { return transformer->parts != WB_PARTS_ENCODER; }

/* What the encoder reads, or what it has made of it. */
static const wb_tensor *memory(const wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    return &call->inputs[transformer->parts == WB_PARTS_DECODER ? 1 : 0];
}

/* What comes out has this shape: of a decoder its own sequence. */
static const wb_tensor *target(const wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    return &call->inputs[transformer->parts == WB_PARTS_BOTH ? 1 : 0];
}

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool check_layers(wb_call *call, int32_t field, int64_t layers) {
    return wb_require_at_least(call, field, layers, 1) && wb_require_at_most(call, field, layers, WB_MOST_LAYERS);
}

static bool attributes(wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    if (!wb_require_between(call, WB_FIELD(wb_transformer, parts), transformer->parts, 0, WB_PARTS_BOTH) ||
        !wb_require_between(call, WB_FIELD(wb_transformer, layout), transformer->layout, 0, WB_LAYOUT_UNBATCHED)) {
        return false;
    }
    bool right = wb_require_at_least(call, WB_FIELD(wb_transformer, num_heads), transformer->num_heads, 1);
    right =
        wb_require_at_least(call, WB_FIELD(wb_transformer, dim_feedforward), transformer->dim_feedforward, 1) && right;
    right = check_layers(call, WB_FIELD(wb_transformer, num_encoder_layers), transformer->num_encoder_layers) && right;
    return check_layers(call, WB_FIELD(wb_transformer, num_decoder_layers), transformer->num_decoder_layers) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

static int32_t rank_of(const wb_transformer *transformer) { return transformer->layout == WB_LAYOUT_UNBATCHED ? 2 : 3; }

static int32_t time_axis(const wb_transformer *transformer) {
    return transformer->layout == WB_LAYOUT_BATCH_FIRST ? 1 : 0;
}

/* Both sequences have the width of the model, and one batch. */
static bool check_second(wb_call *call, const wb_transformer *transformer) {
    if (!wb_require_rank(call, 1, rank_of(transformer))) {
        return false;
    }
    for (int32_t axis = 0; axis < rank_of(transformer); axis++) {
        wb_dimension got = call->inputs[1].shape[axis], expected = call->inputs[0].shape[axis];
        if (axis != time_axis(transformer) && !wb_require_same(call, 1, got, expected)) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    int64_t inputs = has_decoder(transformer) ? 2 : 1, width;
    if (!wb_require_inputs(call, inputs, inputs) || !wb_require_rank(call, 0, rank_of(transformer)) ||
        (inputs == 2 && !check_second(call, transformer)) ||
        !wb_require_size(call, 0, rank_of(transformer) - 1, &width)) {
        return false;
    }
    if (width % transformer->num_heads != 0) {
        return wb_fail_input(call, WB_ERROR_HEADS, 0, width, transformer->num_heads);
    }
    return wb_output_like(call, target(call));
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

/* What the sizes of a weight are. */
enum size { NONE, WIDTH, THREE_WIDTHS, FEEDFORWARD, N_SIZES };

/* A matrix, or where it has no rows a vector, and the bias behind it. */
typedef struct pair {
    const char *kernel;
    const char *bias;
    enum size rows;
    enum size columns;
    bool in_decoder_only;
} pair;

#define MATRIX(path, rows, columns, in_decoder_only) {path "/kernel", path "/bias", rows, columns, in_decoder_only}
#define NORM(path, in_decoder_only) {path "/gamma", path "/beta", NONE, WIDTH, in_decoder_only}
#define N_PAIRS 9
#define LAYER(path)                                                             \
    {                                                                           \
        MATRIX(path "self_attn/in_projection", WIDTH, THREE_WIDTHS, false),     \
        MATRIX(path "self_attn/attention_output", WIDTH, WIDTH, false),         \
        MATRIX(path "multihead_attn/in_projection", WIDTH, THREE_WIDTHS, true), \
        MATRIX(path "multihead_attn/attention_output", WIDTH, WIDTH, true),     \
        MATRIX(path "linear1", WIDTH, FEEDFORWARD, false),                      \
        MATRIX(path "linear2", FEEDFORWARD, WIDTH, false),                      \
        NORM(path "norm1", false),                                              \
        NORM(path "norm2", false),                                              \
        NORM(path "norm3", true),                                               \
    }

static const pair lone_layer[N_PAIRS] = LAYER("");
static const pair stacked_layer[N_PAIRS] = LAYER("layer_%/");
static const pair encoder_layer[N_PAIRS] = LAYER("encoder/layer_%/");
static const pair decoder_layer[N_PAIRS] = LAYER("decoder/layer_%/");
static const pair final_norm = NORM("norm", false);
static const pair encoder_norm = NORM("encoder/norm", false);
static const pair decoder_norm = NORM("decoder/norm", false);

typedef struct sizes {
    int64_t of[N_SIZES];
} sizes;

static bool own_pair(wb_call *call, const pair *pair, int64_t layer, const sizes *sizes) {
    const wb_transformer *transformer = call->attributes;
    int64_t shape[2] = {sizes->of[pair->rows], sizes->of[pair->columns]};
    bool vector = pair->rows == NONE;
    return wb_own_numbered(call, pair->kernel, layer, WB_LEARNED, shape + vector, vector ? 1 : 2) &&
           (!transformer->use_bias || wb_own_numbered(call, pair->bias, layer, WB_LEARNED, shape + 1, 1));
}

static bool own_layers(wb_call *call, const pair *pairs, int64_t layers, bool decoder, const sizes *sizes) {
    for (int64_t layer = 0; layer < layers; layer++) {
        for (int i = 0; i < N_PAIRS; i++) {
            if ((decoder || !pairs[i].in_decoder_only) && !own_pair(call, &pairs[i], layer, sizes)) {
                return false;
            }
        }
    }
    return true;
}

static const pair *layer_of(const wb_transformer *transformer, const pair *beside_another) {
    if (transformer->parts == WB_PARTS_BOTH) {
        return beside_another;
    }
    return transformer->single_layer ? lone_layer : stacked_layer;
}

static const pair *norm_of(const wb_transformer *transformer, const pair *beside_another) {
    return transformer->parts == WB_PARTS_BOTH ? beside_another : &final_norm;
}

static bool own_encoder(wb_call *call, const sizes *sizes) {
    const wb_transformer *transformer = call->attributes;
    return own_layers(call, layer_of(transformer, encoder_layer), transformer->num_encoder_layers, false, sizes) &&
           (!transformer->final_norm || own_pair(call, norm_of(transformer, &encoder_norm), 0, sizes));
}

static bool own_decoder(wb_call *call, const sizes *sizes) {
    const wb_transformer *transformer = call->attributes;
    return own_layers(call, layer_of(transformer, decoder_layer), transformer->num_decoder_layers, true, sizes) &&
           (!transformer->final_norm || own_pair(call, norm_of(transformer, &decoder_norm), 0, sizes));
}

static bool weights(wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    sizes sizes = {.of = {[FEEDFORWARD] = transformer->dim_feedforward}};
    return wb_require_size(call, 0, rank_of(transformer) - 1, &sizes.of[WIDTH]) &&
           wb_require_fit(call, wb_multiply(3, sizes.of[WIDTH], &sizes.of[THREE_WIDTHS])) &&
           (!has_encoder(transformer) || own_encoder(call, &sizes)) &&
           (!has_decoder(transformer) || own_decoder(call, &sizes));
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* The first input's, which is known: the second has the same, whether it says so or not. */
static int64_t width_of(const wb_call *call) { return call->inputs[0].shape[rank_of(call->attributes) - 1].cost; }

static int64_t tokens_of(const wb_call *call, const wb_tensor *sequence) {
    return wb_elements(sequence, 0, rank_of(call->attributes) - 1);
}

static int64_t features_of(const wb_call *call, const wb_tensor *sequence) {
    return wb_cost_multiply(tokens_of(call, sequence), width_of(call));
}

/* One part: its layers, and the features of the tensor that goes through all of them. */
typedef struct part {
    int64_t layers;
    int64_t width;
    int64_t tokens;
    int64_t features;
} part;

static part part_of(const wb_call *call, const wb_tensor *sequence, int64_t layers) {
    return (part){layers, width_of(call), tokens_of(call, sequence), features_of(call, sequence)};
}

/* Four projections, two of which the other sequence goes through, then scores and values in full square. */
static void add_attention(wb_call *call, part part, const wb_tensor *other) {
    int64_t keys = other->shape[time_axis(call->attributes)].cost;
    wb_add_macs(call, (int64_t[]){part.layers, 2, part.features, part.width}, 4);
    wb_add_macs(call, (int64_t[]){part.layers, 2, features_of(call, other), part.width}, 4);
    wb_add_macs(call, (int64_t[]){part.layers, 2, part.features, keys}, 4);
}

static void add_feedforward(wb_call *call, part part) {
    const wb_transformer *transformer = call->attributes;
    wb_add_macs(call, (int64_t[]){part.layers, 2, part.features, transformer->dim_feedforward}, 4);
}

static void costs(wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    if (has_encoder(transformer)) {
        part encoder = part_of(call, memory(call), transformer->num_encoder_layers);
        add_attention(call, encoder, memory(call));
        add_feedforward(call, encoder);
    }
    if (has_decoder(transformer)) {
        part decoder = part_of(call, target(call), transformer->num_decoder_layers);
        add_attention(call, decoder, target(call));
        add_attention(call, decoder, memory(call));
        add_feedforward(call, decoder);
    }
}

/* ---- Backward ----------------------------------------------------------------------------------------- */

/* Queries, keys and values, scores as they come out of the softmax and what dropout makes of them, and what the heads
 * give; whole are what a normalization takes, what it gives, and the mask of what is added. Before the first of these
 * is the node's own input, where `begins` says so. */
static void keep_attention(const wb_call *call, part part, const wb_tensor *other, bool begins) {
    const wb_transformer *transformer = call->attributes;
    int64_t drops = transformer->drops != 0, keys = other->shape[time_axis(transformer)].cost;
    wb_keep_inside(call, (int64_t[]){2, part.layers, part.features}, 3);
    wb_keep_inside(call, (int64_t[]){2, part.layers, features_of(call, other)}, 3);
    wb_keep_inside(call, (int64_t[]){part.layers, transformer->num_heads, part.tokens, keys, 1 + drops}, 5);
    wb_keep_bytes(call, (int64_t[]){part.layers, transformer->num_heads, part.tokens, keys, drops}, 5);
    wb_keep_whole(call, wb_cost_multiply(2 * part.layers - begins, part.features),
                  wb_cost_multiply(part.layers * drops, part.features));
}

/* What the second dense layer takes, and what the activation and dropout before it do not share with that; whole are
 * what a normalization takes, what it gives, and the mask of what is added. */
static void keep_feedforward(const wb_call *call, part part) {
    const wb_transformer *transformer = call->attributes;
    int64_t drops = transformer->drops != 0, features = wb_cost_multiply(part.layers, part.features);
    int64_t apart = transformer->keeps == WB_KEEPS_INPUT || (transformer->keeps == WB_KEEPS_OUTPUT && drops);
    wb_keep_inside(call, (int64_t[]){part.layers, part.tokens, transformer->dim_feedforward, 1 + apart}, 4);
    wb_keep_bytes(call, (int64_t[]){part.layers, part.tokens, transformer->dim_feedforward, drops}, 4);
    wb_keep_whole(call, wb_cost_multiply(2, features), wb_cost_multiply(drops, features));
}

/* As if all of it were trained. A last normalization takes what the layers give, and a decoder what the encoder does.
 */
static void keeps(const wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    for (int32_t i = 0; i < call->n_inputs; i++) {
        wb_keep_input(call, i);
    }
    if (has_encoder(transformer)) {
        part encoder = part_of(call, memory(call), transformer->num_encoder_layers);
        keep_attention(call, encoder, memory(call), true);
        keep_feedforward(call, encoder);
        wb_keep_whole(call, transformer->final_norm ? encoder.features : 0, 0);
        wb_keep_whole(call, has_decoder(transformer) ? encoder.features : 0, 0);
    }
    if (has_decoder(transformer)) {
        part decoder = part_of(call, target(call), transformer->num_decoder_layers);
        keep_attention(call, decoder, target(call), true);
        keep_attention(call, decoder, memory(call), false);
        keep_feedforward(call, decoder);
        wb_keep_whole(call, transformer->final_norm ? decoder.features : 0, 0);
    }
}

/* ---- Cache -------------------------------------------------------------------------------------------- */

/* Keys and values of every layer: of the context, and in a decoder of what the encoder gives. An encoder beside its
 * decoder has run before, and remembers nothing. */
static void caches(const wb_call *call) {
    const wb_transformer *transformer = call->attributes;
    bool decoder = has_decoder(transformer);
    const wb_tensor *sequence = target(call);
    int32_t time = time_axis(transformer);
    int64_t layers = decoder ? transformer->num_decoder_layers : transformer->num_encoder_layers;
    int64_t before = wb_elements(sequence, 0, time), behind = wb_elements(sequence, time + 1, sequence->rank - 1);
    wb_cache_elements(call, (int64_t[]){2, layers, before, wb_context(call, WB_ABSENT), behind, width_of(call)}, 6);
    if (decoder) {
        wb_cache_elements(call, (int64_t[]){2, layers, features_of(call, memory(call))}, 3);
    }
}

const wb_operator wb_transformer_operator = {.name = "transformer",
                                             .attributes_size = sizeof(wb_transformer),
                                             .attributes = attributes,
                                             .shapes = shapes,
                                             .weights = weights,
                                             .costs = costs,
                                             .not_counted = "biases, softmax, normalization, activation",
                                             .keeps = keeps,
                                             .division = wb_inside,
                                             .caches = caches};
