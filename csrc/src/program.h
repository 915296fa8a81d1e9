/* What candidates compute: a row of steps, each of which makes a number of two that are there. */
#ifndef WB_PROGRAM_H
#define WB_PROGRAM_H

#include <stdbool.h>

#include "weighbridge.h"

/* How many numbers a candidate has. */
int64_t wb_count_numbers(const wb_candidates *candidates);

/* Is each step an operation that there is, on numbers before it? */
bool wb_steps_are_sound(const wb_candidates *candidates);

/* Puts the constants where they stand among the numbers of each candidate. */
void wb_place_constants(const wb_candidates *candidates, int64_t *numbers);

/* Makes all other numbers of one candidate; false where a step has no value. */
bool wb_make_numbers(const wb_candidates *candidates, int64_t candidate, int64_t *numbers);

#endif
