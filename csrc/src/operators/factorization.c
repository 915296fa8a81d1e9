/* Matrices as products of others: orthogonal, triangular, diagonal. */
#include <string.h>

#include "../backward.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const wb_factorization *factorization = call->attributes;
    return wb_require_between(call, WB_FIELD(wb_factorization, kind), factorization->kind, 0, WB_FACTORS_LU);
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* The rows and columns of the matrix, and as many as there are of the fewer. */
typedef struct sides {
    wb_dimension rows;
    wb_dimension columns;
    wb_dimension lesser;
} sides;

/* One that is not known is below 0, and so is what it makes of both. */
static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static sides sides_of(const wb_tensor *matrix) {
    wb_dimension rows = matrix->shape[matrix->rank - 2], columns = matrix->shape[matrix->rank - 1];
    bool known = wb_is_known(rows.size) && wb_is_known(columns.size);
    bool same = rows.size == columns.size;
    wb_dimension lesser = {known || same ? least(rows.size, columns.size) : WB_UNKNOWN, least(rows.cost, columns.cost)};
    return (sides){rows, columns, lesser};
}

/* An output with all axes before the matrix, and so many behind them. */
static bool output(wb_call *call, const wb_dimension *last, int32_t n) {
    int32_t before = call->inputs[0].rank - 2;
    wb_dimension *shape = wb_output(call, (int64_t)before + n);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, call->inputs[0].shape, sizeof *shape * (size_t)before);
    memcpy(shape + before, last, sizeof *shape * (size_t)n);
    return true;
}

static bool output_matrix(wb_call *call, wb_dimension rows, wb_dimension columns) {
    return output(call, (wb_dimension[]){rows, columns}, 2);
}

static bool output_values(wb_call *call, wb_dimension n) { return output(call, &n, 1); }

static bool output_singular(wb_call *call, sides of) {
    const wb_factorization *factorization = call->attributes;
    bool complete = factorization->complete != 0;
    return factorization->values_only
               ? output_values(call, of.lesser)
               : output_matrix(call, of.rows, complete ? of.rows : of.lesser) && output_values(call, of.lesser) &&
                     output_matrix(call, complete ? of.columns : of.lesser, of.columns);
}

static bool shapes(wb_call *call) {
    const wb_factorization *factorization = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 2)) {
        return false;
    }
    sides of = sides_of(&call->inputs[0]);
    wb_dimension inner = factorization->complete ? of.rows : of.lesser;
    wb_give_dtype(call, WB_RESULT_INPUT);
    switch (factorization->kind) {
    case WB_FACTORS_QR: return output_matrix(call, of.rows, inner) && output_matrix(call, inner, of.columns);
    case WB_FACTORS_SVD: return output_singular(call, of);
    case WB_FACTORS_EIGEN:
        return wb_require_same(call, 0, of.columns, of.rows) && output_values(call, of.rows) &&
               output_matrix(call, of.rows, of.columns);
    default: return output_matrix(call, of.rows, of.columns) && output_values(call, of.lesser);
    }
}

/* The derivative of a factor follows from all of them. */
static void keeps(const wb_call *call) {
    for (int32_t factor = 0; factor < call->row->n_outputs; factor++) {
        wb_keep_output(call, factor);
    }
}

const wb_operator wb_factorization_operator = {.name = "factorization",
                                               .attributes_size = sizeof(wb_factorization),
                                               .attributes = attributes,
                                               .shapes = shapes,
                                               .not_counted = "factorization",
                                               .keeps = keeps};
