#include "program.h"

#include "checked.h"

int64_t wb_count_numbers(const wb_candidates *candidates) {
    return candidates->n_columns + candidates->n_constants + candidates->n_steps;
}

bool wb_steps_are_sound(const wb_candidates *candidates) {
    const int64_t given = candidates->n_columns + candidates->n_constants;
    for (int64_t i = 0; i < candidates->n_steps; i++) {
        wb_step step = candidates->steps[i];
        if (step.operation < WB_PLUS || step.operation > WB_LARGEST || step.left < 0 || step.left >= given + i ||
            step.right < 0 || step.right >= given + i) {
            return false;
        }
    }
    return true;
}

static uint64_t bit_of(int64_t column) { return (uint64_t)1 << (column < 63 ? column : 63); }

void wb_find_rests(const wb_candidates *candidates, uint64_t *rests) {
    const int64_t given = candidates->n_columns + candidates->n_constants;
    for (int64_t i = 0; i < given; i++) {
        rests[i] = i < candidates->n_columns ? bit_of(i) : 0;
    }
    for (int64_t i = 0; i < candidates->n_steps; i++) {
        rests[given + i] = rests[candidates->steps[i].left] | rests[candidates->steps[i].right];
    }
}

uint64_t wb_changed_columns(const wb_candidates *candidates, int64_t candidate, const int64_t *numbers) {
    uint64_t changed = 0;
    for (int64_t i = 0; i < candidates->n_columns; i++) {
        bool same = numbers[i] == candidates->columns[i * candidates->n_candidates + candidate];
        changed |= same ? 0 : bit_of(i);
    }
    return changed;
}

void wb_place_constants(const wb_candidates *candidates, int64_t *numbers) {
    for (int64_t i = 0; i < candidates->n_constants; i++) {
        numbers[candidates->n_columns + i] = candidates->constants[i];
    }
}

static bool operate(int32_t operation, int64_t left, int64_t right, int64_t *made) {
    switch (operation) {
    case WB_PLUS: return wb_add(left, right, made);
    case WB_MINUS: return wb_subtract(left, right, made);
    case WB_TIMES: return wb_multiply(left, right, made);
    case WB_QUOTIENT: return wb_floor_divide(left, right, made);
    case WB_REMAINDER: return wb_floor_remainder(left, right, made);
    case WB_LEAST: *made = left < right ? left : right; return true;
    default: *made = left > right ? left : right; return true;
    }
}

bool wb_make_numbers(const wb_candidates *candidates, int64_t candidate, int64_t *numbers) {
    for (int64_t i = 0; i < candidates->n_columns; i++) {
        numbers[i] = candidates->columns[i * candidates->n_candidates + candidate];
    }
    int64_t *made = numbers + candidates->n_columns + candidates->n_constants;
    for (int64_t i = 0; i < candidates->n_steps; i++) {
        wb_step step = candidates->steps[i];
        if (!operate(step.operation, numbers[step.left], numbers[step.right], &made[i])) {
            return false;
        }
    }
    return true;
}
