#include "amount.h"

#include "cost.h"
#include "operator.h"

void wb_amount_add(wb_amount *all, wb_amount more) {
    all->elements = wb_cost_sum(all->elements, more.elements);
    all->divided_elements = wb_cost_sum(all->divided_elements, more.divided_elements);
    all->bytes = wb_cost_sum(all->bytes, more.bytes);
    all->divided_bytes = wb_cost_sum(all->divided_bytes, more.divided_bytes);
}

/* What is not known stays so. */
static int64_t less_of(int64_t all, int64_t less) { return all < 0 || less < 0 ? all : all - less; }

void wb_amount_take(wb_amount *all, wb_amount less) {
    all->elements = less_of(all->elements, less.elements);
    all->divided_elements = less_of(all->divided_elements, less.divided_elements);
    all->bytes = less_of(all->bytes, less.bytes);
    all->divided_bytes = less_of(all->divided_bytes, less.divided_bytes);
}

wb_amount wb_amount_times(wb_amount amount, int64_t factor) {
    return (wb_amount){
        .elements = wb_cost_multiply(amount.elements, factor),
        .divided_elements = wb_cost_multiply(amount.divided_elements, factor),
        .bytes = wb_cost_multiply(amount.bytes, factor),
        .divided_bytes = wb_cost_multiply(amount.divided_bytes, factor),
    };
}

bool wb_amount_is_nothing(wb_amount amount) {
    return amount.elements == 0 && amount.divided_elements == 0 && amount.bytes == 0 && amount.divided_bytes == 0;
}

wb_amount wb_amount_of_elements(int64_t elements, bool divided) {
    return divided ? (wb_amount){.divided_elements = elements} : (wb_amount){.elements = elements};
}

wb_amount wb_amount_of_bytes(int64_t bytes, bool divided) {
    return divided ? (wb_amount){.divided_bytes = bytes} : (wb_amount){.bytes = bytes};
}

wb_amount wb_amount_of(const wb_tensor *tensor, bool divided) {
    int64_t elements = wb_elements(tensor, 0, tensor->rank);
    return wb_is_floating(tensor->dtype)
               ? wb_amount_of_elements(elements, divided)
               : wb_amount_of_bytes(wb_cost_multiply(elements, wb_width(tensor->dtype)), divided);
}

static int64_t share(int64_t whole, int64_t parts) { return whole < 0 ? whole : whole / parts + (whole % parts != 0); }

int64_t wb_amount_bytes(wb_amount amount, int64_t width, int64_t parts) {
    int64_t elements = wb_cost_sum(amount.elements, share(amount.divided_elements, parts));
    int64_t bytes = wb_cost_sum(amount.bytes, share(amount.divided_bytes, parts));
    return wb_cost_sum(wb_cost_multiply(elements, width), bytes);
}
