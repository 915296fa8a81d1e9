/* Sums of products along an axis that two tensors share. */
#ifndef WB_CONTRACTION_H
#define WB_CONTRACTION_H

#include "../operator.h"

/* One product for every element of the output and every place along the axis that goes, whose size either may tell. */
static inline void wb_add_contraction(wb_call *call, wb_dimension first, wb_dimension second) {
    const wb_tensor *output = wb_output_at(call, 0);
    int64_t summed = wb_is_known(first.cost) && !wb_is_known(second.size) ? first.cost : second.cost;
    wb_add_macs(call, (int64_t[]){wb_elements(output, 0, output->rank), summed}, 2);
}

#endif
