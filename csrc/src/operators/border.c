#include "border.h"

bool wb_check_border(wb_call *call, int64_t border, int64_t padding, wb_dimension in) {
    int64_t most = in.size;
    if (!wb_is_known(in.size) || (border != WB_PADDING_MODE_REFLECT && border != WB_PADDING_MODE_CIRCULAR)) {
        return true;
    }
    most -= border == WB_PADDING_MODE_REFLECT; /* the edge itself is not repeated */
    return padding <= most || wb_fail_input(call, WB_ERROR_BORDER, 0, padding, in.size);
}
