/* Keras 3.15's LoRA (Hu et al., 2021) and quantization: Dense, EinsumDense and Embedding build the same variables. */
#include "adaptation.h"

#include <string.h>

static bool is_calibrated(const wb_adaptation *adaptation) {
    return adaptation->quantization == WB_QUANTIZATION_GPTQ || adaptation->quantization == WB_QUANTIZATION_AWQ;
}

/* Does an integer kernel stand in the place of the float one? */
static bool is_stored_quantized(const wb_adaptation *adaptation) {
    return adaptation->quantization != WB_QUANTIZATION_DEFAULT && adaptation->quantization != WB_QUANTIZATION_FLOAT8;
}

static bool has_lora(const wb_adaptation *adaptation) { return wb_has_lora(adaptation->lora_rank); }

static bool has_groups(const wb_adaptation *adaptation) {
    return adaptation->quantization_block_size != WB_ABSENT && adaptation->quantization_block_size != -1;
}

/* ---- Attributes --------------------------------------------------------------------------------------- */

bool wb_check_lora_rank(wb_call *call, int32_t field, int64_t lora_rank) {
    return lora_rank == WB_ABSENT || wb_require_at_least(call, field, lora_rank, 0);
}

static bool check_lora(wb_call *call, const wb_adaptation *adaptation, int32_t field) {
    if (has_lora(adaptation) && is_calibrated(adaptation)) {
        return wb_fail(call, WB_ERROR_TOO_LARGE, field, adaptation->lora_rank, 0);
    }
    return wb_check_lora_rank(call, field, adaptation->lora_rank);
}

static bool check_bits(wb_call *call, const wb_adaptation *adaptation, int32_t field) {
    int64_t bits = adaptation->quantization_bits;
    bool right = bits == 2 || bits == 3 || bits == 4 || bits == 8;
    return right || wb_fail(call, WB_ERROR_NOT_ONE_OF, field, bits, 0);
}

static bool check_quantization(wb_call *call, const wb_adaptation *adaptation, int32_t field) {
    const int32_t block = field + WB_FIELD(wb_adaptation, quantization_block_size);
    const int32_t bits = field + WB_FIELD(wb_adaptation, quantization_bits);
    const int32_t history = field + WB_FIELD(wb_adaptation, amax_history_length);
    bool right = true;
    switch (adaptation->quantization) {
    case WB_QUANTIZATION_FLOAT8: return wb_require_at_least(call, history, adaptation->amax_history_length, 0);
    case WB_QUANTIZATION_GPTQ: right = check_bits(call, adaptation, bits); break;
    case WB_QUANTIZATION_INT4:
    case WB_QUANTIZATION_AWQ: break;
    default:
        return wb_require_between(call, field + WB_FIELD(wb_adaptation, quantization), adaptation->quantization, 0,
                                  WB_QUANTIZATION_AWQ);
    }
    return (!has_groups(adaptation) || wb_require_at_least(call, block, adaptation->quantization_block_size, 1)) &&
           right;
}

bool wb_check_adaptation(wb_call *call, const wb_adaptation *adaptation, int32_t field) {
    bool right = check_lora(call, adaptation, field);
    return check_quantization(call, adaptation, field) && right;
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

static bool own_as(wb_call *call, enum wb_dtype dtype, const char *role, enum wb_weight_kind kind, const int64_t *sizes,
                   int rank) {
    int32_t before = call->weight_dtype;
    call->weight_dtype = (int32_t)dtype;
    bool owned = wb_own(call, role, kind, sizes, rank);
    call->weight_dtype = before;
    return owned;
}

/* How many parts of at most `size` something divides into. */
static int64_t parts_of(int64_t whole, int64_t size) { return whole / size + (whole % size != 0); }

static int64_t groups_of(const wb_adaptation *adaptation, int64_t size) {
    return has_groups(adaptation) ? parts_of(size, adaptation->quantization_block_size) : 1;
}

/* What float8 training keeps of the inputs, the kernel and the gradients; Keras has gradients overwrite them. */
static bool own_float8_scales(wb_call *call, const wb_adaptation *adaptation) {
    static const char *const roles[] = {"inputs_scale",        "inputs_amax_history", "kernel_scale",
                                        "kernel_amax_history", "outputs_grad_scale",  "outputs_grad_amax_history"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        int rank = i % 2 == 0 ? 0 : 1;
        if (!own_as(call, WB_DTYPE_FLOAT32, roles[i], WB_LEARNED, &adaptation->amax_history_length, rank)) {
            return false;
        }
    }
    return true;
}

bool wb_own_lora(wb_call *call, int64_t lora_rank, const wb_kernel *kernel) {
    int64_t a[WB_MAX_RANK];
    if (!wb_has_lora(lora_rank)) {
        return true;
    }
    if (kernel->rank == 0) {
        return wb_fail(call, WB_ERROR_KERNEL_RANK, WB_NO_FIELD, 0, 0);
    }
    int last = kernel->rank - 1;
    memcpy(a, kernel->sizes, sizeof *a * (size_t)kernel->rank);
    a[last] = lora_rank;
    int64_t b[] = {lora_rank, kernel->sizes[last]};
    return own_as(call, WB_DTYPE_FLOAT32, kernel->names->lora_a, WB_LEARNED, a, kernel->rank) &&
           own_as(call, WB_DTYPE_FLOAT32, kernel->names->lora_b, WB_LEARNED, b, 2);
}

static bool own_int8(wb_call *call, const wb_kernel *kernel) {
    return own_as(call, WB_DTYPE_INT8, kernel->names->kernel, WB_FIXED, kernel->sizes, kernel->rank) &&
           wb_own(call, kernel->names->scale, WB_FIXED, kernel->scale, kernel->scale_rank);
}

/* Two elements in one, and a scale for each column, or for each block of a column along with a zero point. */
static bool own_int4(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel, bool second) {
    int64_t packed[] = {kernel->matrix[0], kernel->matrix[1]};
    packed[kernel->packed] = parts_of(packed[kernel->packed], 2);
    int64_t length = kernel->matrix[kernel->grouped];
    int64_t blocks[] = {kernel->matrix[0], kernel->matrix[1]};
    blocks[kernel->grouped] = groups_of(adaptation, length);
    if (!own_as(call, WB_DTYPE_INT8, kernel->names->kernel, WB_FIXED, packed, 2)) {
        return false;
    }
    if (!has_groups(adaptation)) {
        return wb_own(call, kernel->names->scale, WB_FIXED, &blocks[1 - kernel->grouped], 1);
    }
    int32_t zero_dtype = second ? call->weight_dtype : WB_DTYPE_INT8;
    return wb_own(call, kernel->names->scale, WB_FIXED, blocks, 2) &&
           own_as(call, (enum wb_dtype)zero_dtype, kernel->names->zero, WB_FIXED, blocks, 2) &&
           (second || own_as(call, WB_DTYPE_FLOAT32, "g_idx", WB_FIXED, &length, 1));
}

/* The matrix that gptq and awq make of a kernel: of three axes, the largest is taken for the model's width. */
static bool calibrated_matrix(wb_call *call, const wb_kernel *kernel, int64_t *rows, int64_t *columns) {
    const int64_t *sizes = kernel->sizes;
    if (kernel->rank != 2 && kernel->rank != 3) {
        return wb_fail(call, WB_ERROR_KERNEL_RANK, WB_NO_FIELD, kernel->rank, 0);
    }
    bool first = kernel->rank == 2 || (sizes[0] >= sizes[1] && sizes[0] >= sizes[2]);
    int split = first ? 1 : 2;
    return wb_require_fit(call, wb_product(sizes, (size_t)split, rows) &&
                                    wb_product(sizes + split, (size_t)(kernel->rank - split), columns));
}

static bool own_calibrated(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel) {
    int64_t rows = 0, columns = 0;
    bool awq = adaptation->quantization == WB_QUANTIZATION_AWQ;
    if (!calibrated_matrix(call, kernel, &rows, &columns)) {
        return false;
    }
    bool halves = awq || adaptation->quantization_bits == 4;
    int64_t transposed[] = {halves ? parts_of(columns, 2) : columns, rows};
    int64_t scale[] = {columns, groups_of(adaptation, rows)};
    return own_as(call, WB_DTYPE_UINT8, kernel->names->kernel, WB_FIXED, transposed, 2) &&
           wb_own(call, kernel->names->scale, WB_FIXED, scale, 2) &&
           own_as(call, WB_DTYPE_UINT8, kernel->names->calibrated_zero, WB_FIXED, scale, 2) &&
           (!awq || wb_own(call, "awq_scales", WB_FIXED, &rows, 1)) &&
           own_as(call, WB_DTYPE_FLOAT32, "g_idx", WB_FIXED, &rows, 1);
}

static bool own_quantized(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel, bool second) {
    switch (adaptation->quantization) {
    case WB_QUANTIZATION_INT8: return own_int8(call, kernel);
    case WB_QUANTIZATION_INT4: return own_int4(call, adaptation, kernel, second);
    default: return own_calibrated(call, adaptation, kernel);
    }
}

bool wb_own_adapted(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel) {
    bool stored = is_stored_quantized(adaptation);
    if (adaptation->quantization == WB_QUANTIZATION_FLOAT8 && !own_float8_scales(call, adaptation)) {
        return false;
    }
    enum wb_weight_kind kind = has_lora(adaptation) ? WB_FIXED : WB_LEARNED;
    return (stored || wb_own(call, kernel->names->kernel, kind, kernel->sizes, kernel->rank)) &&
           (kernel->bias == NULL || wb_own(call, "bias", WB_LEARNED, kernel->bias, kernel->bias_rank)) &&
           wb_own_lora(call, adaptation->lora_rank, kernel) &&
           (!stored || own_quantized(call, adaptation, kernel, false));
}

bool wb_own_second(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel) {
    if (is_stored_quantized(adaptation)) {
        return own_quantized(call, adaptation, kernel, true);
    }
    return wb_own(call, kernel->names->kernel, WB_LEARNED, kernel->sizes, kernel->rank);
}
