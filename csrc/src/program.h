/* What candidates compute: a row of steps, each of which makes a number of two that are there. */
#ifndef WB_PROGRAM_H
#define WB_PROGRAM_H

#include <stdbool.h>

#include "weighbridge.h"

/* How many numbers a candidate has. */
int64_t wb_count_numbers(const wb_candidates *candidates);

/* Is each step an operation that there is, on numbers before it? */
bool wb_steps_are_sound(const wb_candidates *candidates);

/* For each number the columns that it rests on: a bit for each, the last one for all from the 64th on. */
void wb_find_rests(const wb_candidates *candidates, uint64_t *rests);

/* The columns, in the same way, in which a candidate differs from the numbers of another. */
uint64_t wb_changed_columns(const wb_candidates *candidates, int64_t candidate, const int64_t *numbers);

/* Puts the constants where they stand among the numbers of each candidate. */
void wb_place_constants(const wb_candidates *candidates, int64_t *numbers);

/* Makes all other numbers of one candidate; false where a step has no value. */
bool wb_make_numbers(const wb_candidates *candidates, int64_t candidate, int64_t *numbers);

#endif
