#include "dimension.h"

#include "checked.h"

typedef bool scalar_function(int64_t, int64_t, int64_t *);

/* An unknown operand is the result: so a cost keeps the symbol that it depends on. One too large is a value. */
static int64_t cost_of(scalar_function *function, int64_t a, int64_t b) {
    int64_t cost;
    if (a < 0 || b < 0) {
        return a < 0 ? a : b;
    }
    return function(a, b, &cost) ? cost : WB_OVERFLOWN;
}

static bool both(scalar_function *function, wb_dimension a, wb_dimension b, wb_dimension *result) {
    wb_dimension made = {WB_UNKNOWN, WB_UNKNOWN};
    if (wb_is_known(a.size) && wb_is_known(b.size) && !function(a.size, b.size, &made.size)) {
        return false;
    }
    made.cost = cost_of(function, a.cost, b.cost);
    *result = made;
    return true;
}

bool wb_dimension_add(wb_dimension a, wb_dimension b, wb_dimension *sum) {
    if (a.size == 0 || b.size == 0) {
        *sum = a.size == 0 ? b : a;
        return true;
    }
    return both(wb_add, a, b, sum);
}

bool wb_dimension_multiply(wb_dimension a, wb_dimension b, wb_dimension *product) {
    if (a.size == 1 || b.size == 1) {
        *product = a.size == 1 ? b : a;
        return true;
    }
    if (a.size == 0 || b.size == 0) {
        *product = wb_known(0);
        return true;
    }
    return both(wb_multiply, a, b, product);
}

bool wb_dimension_map(wb_dimension a, wb_size_function *function, const int64_t *arguments, wb_dimension *result) {
    wb_dimension made = {WB_UNKNOWN, a.cost};
    if (wb_is_known(a.size)) {
        if (!function(a.size, arguments, &made.size)) {
            return false;
        }
        made.cost = made.size;
    } else if (wb_is_known(a.cost) && !function(a.cost, arguments, &made.cost)) {
        made.cost = WB_OVERFLOWN;
    }
    *result = made;
    return true;
}

static bool divided(int64_t size, const int64_t *parts, int64_t *result) {
    *result = *parts > 0 && size % *parts == 0 ? size / *parts : WB_UNKNOWN;
    return true;
}

wb_dimension wb_dimension_divide(wb_dimension a, int64_t parts) {
    wb_dimension part = a;
    if (parts != 1) {
        (void)wb_dimension_map(a, divided, &parts, &part);
    }
    return part;
}

static bool behind(int64_t size, const int64_t *start, int64_t *rest) {
    *rest = size >= *start ? size - *start : WB_UNKNOWN;
    return true;
}

wb_dimension wb_dimension_behind(wb_dimension a, int64_t start) {
    wb_dimension rest = a;
    if (start != 0) {
        (void)wb_dimension_map(a, behind, &start, &rest);
    }
    return rest;
}

static int64_t product_of_costs(const wb_dimension *dimensions, int n) {
    int64_t cost = 1;
    for (int i = 0; i < n; i++) {
        cost = cost_of(wb_multiply, cost, dimensions[i].cost);
    }
    return cost;
}

/* A product with an unknown factor is unknown, however large the others are: that one may be 0. */
bool wb_dimension_product(const wb_dimension *dimensions, int n, wb_dimension *product) {
    wb_dimension all = wb_known(1);
    bool fits = true, known = true;
    for (int i = 0; i < n; i++) {
        if (dimensions[i].size == 0) {
            *product = wb_known(0);
            return true;
        }
        known = known && wb_is_known(dimensions[i].size);
        fits = fits && wb_dimension_multiply(all, dimensions[i], &all);
    }
    *product = fits ? all : (wb_dimension){WB_UNKNOWN, product_of_costs(dimensions, n)};
    return fits || !known;
}
