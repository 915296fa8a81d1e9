#include "promotion.h"

typedef struct kind {
    enum { BOOLEAN, UNSIGNED, SIGNED, FLOATING, COMPLEX, OTHER } family;
    int bits;
} kind;

static kind kind_of(int32_t dtype) {
    static const kind kinds[WB_DTYPE_COUNT] = {
        [WB_DTYPE_FLOAT64] = {FLOATING, 64},   [WB_DTYPE_FLOAT32] = {FLOATING, 32},
        [WB_DTYPE_FLOAT16] = {FLOATING, 16},   [WB_DTYPE_BFLOAT16] = {FLOATING, 16},
        [WB_DTYPE_COMPLEX64] = {COMPLEX, 32},  [WB_DTYPE_COMPLEX128] = {COMPLEX, 64},
        [WB_DTYPE_INT64] = {SIGNED, 64},       [WB_DTYPE_INT32] = {SIGNED, 32},
        [WB_DTYPE_INT16] = {SIGNED, 16},       [WB_DTYPE_INT8] = {SIGNED, 8},
        [WB_DTYPE_INT4] = {SIGNED, 4},         [WB_DTYPE_UINT64] = {UNSIGNED, 64},
        [WB_DTYPE_UINT32] = {UNSIGNED, 32},    [WB_DTYPE_UINT16] = {UNSIGNED, 16},
        [WB_DTYPE_UINT8] = {UNSIGNED, 8},      [WB_DTYPE_BOOL] = {BOOLEAN, 1},
        [WB_DTYPE_STRING] = {OTHER, 0},        [WB_DTYPE_DEFAULT] = {OTHER, 0},
        [WB_DTYPE_FLOAT8_E4M3FN] = {OTHER, 8}, [WB_DTYPE_FLOAT8_E5M2] = {OTHER, 8},
    };
    return dtype >= 0 && dtype < WB_DTYPE_COUNT ? kinds[dtype] : kinds[WB_DTYPE_DEFAULT];
}

/* A signed integer that holds an unsigned one too; past 64 bits a float. */
static int32_t signed_over(kind signed_, kind unsigned_) {
    int bits = signed_.bits > unsigned_.bits ? signed_.bits : 2 * unsigned_.bits;
    switch (bits) {
    case 16: return WB_DTYPE_INT16;
    case 32: return WB_DTYPE_INT32;
    case 64: return WB_DTYPE_INT64;
    default: return WB_DTYPE_FLOAT32;
    }
}

/* Of two families; `lower` is the one of fewer values. */
static int32_t promoted_up(int32_t lower, int32_t higher) {
    kind low = kind_of(lower), high = kind_of(higher);
    if (high.family == SIGNED && low.family == UNSIGNED) {
        return signed_over(high, low);
    }
    return high.family == COMPLEX && low.family == FLOATING && low.bits == 64 ? WB_DTYPE_COMPLEX128 : higher;
}

int32_t wb_promoted(int32_t a, int32_t b) {
    kind one = kind_of(a), other = kind_of(b);
    if (a == b || one.family == OTHER || other.family == OTHER) {
        return a;
    }
    if (one.family != other.family) {
        return one.family < other.family ? promoted_up(a, b) : promoted_up(b, a);
    }
    if (one.bits != other.bits) {
        return one.bits > other.bits ? a : b;
    }
    return WB_DTYPE_FLOAT32; /* float16 and bfloat16 */
}

static int32_t promoted_from(const wb_call *call, int32_t first) {
    if (first >= call->n_inputs) {
        return call->dtype;
    }
    int32_t dtype = call->inputs[first].dtype;
    for (int32_t i = first + 1; i < call->n_inputs; i++) {
        dtype = wb_promoted(dtype, call->inputs[i].dtype);
    }
    return dtype;
}

/* Sums of small integers are kept in 32 bits. */
static int32_t summed(int32_t dtype) {
    kind of = kind_of(dtype);
    if (of.bits >= 32 || of.family > SIGNED) {
        return dtype;
    }
    return of.family == UNSIGNED ? WB_DTYPE_UINT32 : WB_DTYPE_INT32;
}

static int32_t floating(int32_t dtype) { return kind_of(dtype).family <= SIGNED ? WB_DTYPE_FLOAT32 : dtype; }

void wb_give_dtype(wb_call *call, int64_t result) {
    if (result == WB_RESULT_LAYER) {
        wb_keep_dtype(call);
        return;
    }
    if (call->node->compute_dtype != WB_DTYPE_DEFAULT) {
        return;
    }
    switch (result) {
    case WB_RESULT_INPUT: call->dtype = call->n_inputs > 0 ? call->inputs[0].dtype : call->dtype; break;
    case WB_RESULT_PROMOTED: call->dtype = promoted_from(call, 0); break;
    case WB_RESULT_CHOSEN: call->dtype = promoted_from(call, 1); break;
    case WB_RESULT_FLOATING: call->dtype = floating(promoted_from(call, 0)); break;
    case WB_RESULT_SUM: call->dtype = summed(promoted_from(call, 0)); break;
    case WB_RESULT_INDEX: call->dtype = WB_DTYPE_INT32; break;
    case WB_RESULT_BOOL: call->dtype = WB_DTYPE_BOOL; break;
    default: break;
    }
}
