#include "parts.h"

bool wb_divide(wb_call *call, wb_dimension in, int64_t parts, wb_dimension *part) {
    *part = wb_dimension_divide(in, parts);
    return !wb_is_known(in.size) || wb_is_known(part->size) || wb_fail_input(call, WB_ERROR_GROUPS, 0, in.size, parts);
}
