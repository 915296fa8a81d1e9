/* Kernels that are kept as something else: low-rank matrices beside them, or fewer bits in their place. */
#ifndef WB_ADAPTATION_H
#define WB_ADAPTATION_H

#include "../operator.h"

typedef struct wb_kernel_names {
    const char *kernel;
    const char *scale;
    const char *zero;
    const char *calibrated_zero; /* of gptq and awq */
    const char *lora_a;
    const char *lora_b;
} wb_kernel_names;

/* A kernel as it is before anything is done to it, and how it is seen as a matrix where it is quantized. */
typedef struct wb_kernel {
    const wb_kernel_names *names;
    const int64_t *sizes;
    int rank;
    const int64_t *bias; /* NULL: none */
    int bias_rank;
    const int64_t *scale; /* sizes of the scale of int8 */
    int scale_rank;
    int64_t matrix[2];
    int packed;  /* the axis of the matrix of which an int4 kernel has two elements in one */
    int grouped; /* the axis of the matrix that blocks of elements with one scale divide */
} wb_kernel;

/* Ranges; `field` is where the adaptation stands in the operator's struct. */
bool wb_check_adaptation(wb_call *call, const wb_adaptation *adaptation, int32_t field);

/* Two matrices whose product has the kernel's shape; always float32, as small steps would be lost in less. Nothing
 * where the rank is 0 or absent. */
bool wb_own_lora(wb_call *call, int64_t lora_rank, const wb_kernel *kernel);

bool wb_check_lora_rank(wb_call *call, int32_t field, int64_t lora_rank);

static inline bool wb_has_lora(int64_t lora_rank) { return lora_rank != WB_ABSENT && lora_rank > 0; }

/* Kernel, bias and what an adaptation adds, in Keras's order: what is trained comes before what is quantized. */
bool wb_own_adapted(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel);

/* A kernel beside the adapted one, which is quantized with it: without bias, low-rank matrices or group indices. */
bool wb_own_second(wb_call *call, const wb_adaptation *adaptation, const wb_kernel *kernel);

#endif
