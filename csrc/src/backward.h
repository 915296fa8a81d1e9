/* What an operator says of its backward pass: which of its tensors must still be there, and how wide they are.
 *
 * `keeps` of the record is called where a gradient goes through the node. It keeps what the derivative is made of; what
 * is of the size of a vector (means, variances, scales) is left out. A tensor that several nodes keep is kept once. */
#ifndef WB_BACKWARD_H
#define WB_BACKWARD_H

#include "operator.h"

/* A tensor that the node takes or gives, whole: of a piece of another tensor, all of that. */
void wb_keep_input(const wb_call *call, int32_t operand);
void wb_keep_output(const wb_call *call, int32_t output);

/* A tensor within the node, of so many elements, as wide as what is computed; and one that is as wide as it is in
 * every precision: masks of one byte an element, places of eight. */
void wb_keep_inside(const wb_call *call, const int64_t *factors, size_t n);
void wb_keep_bytes(const wb_call *call, const int64_t *factors, size_t n);

/* What is inside of the node and stays whole where the rest is divided: elements, and bytes. */
void wb_keep_whole(const wb_call *call, int64_t elements, int64_t bytes);

/* What the function that the outputs go through at last keeps: an `enum wb_keeps`. */
void wb_keep_function(const wb_call *call, int64_t keeps);

/* The input of a product with weights, which only their gradient is made of. */
void wb_keep_factor(const wb_call *call, int32_t operand);

/* The inputs of a product of them all, and of weights where there are any: each is a factor of the others' gradients.
 */
void wb_keep_factors(const wb_call *call);

/* Are any weights of the node trained? Does the gradient of an input matter? */
bool wb_trains(const wb_call *call);
bool wb_needs_gradient(const wb_call *call, int32_t operand);

/* All elements of a tensor. */
int64_t wb_size(const wb_tensor *tensor);

/* ---- Tensor parallelism (Shoeybi et al., 2019) ---------------------------------------------------------
 *
 * `division` of the record says whether what the node gives is divided, and what is inside of it. NULL is
 * WB_AS_INPUTS: where all inputs are. */
enum wb_division {
    WB_AS_INPUTS,
    WB_ALTERNATES, /* a product with a divided matrix: a whole input gives a divided output, a divided one a whole */
    WB_INSIDE,     /* whole from outside: divided within, by heads or by units */
    WB_WHOLE       /* needs all of its input, and gives a whole output */
};
enum wb_division wb_alternates(const wb_call *call);
enum wb_division wb_inside(const wb_call *call);
enum wb_division wb_whole(const wb_call *call);

/* ---- Views -------------------------------------------------------------------------------------------- */

/* `views` of the record: do the outputs lie in the memory of the first input? NULL: they never do. */
bool wb_views(const wb_call *call);

#endif
