/* A second walk over an evaluated graph: each node with the tensors that it took, by their places in the result. */
#ifndef WB_WALK_H
#define WB_WALK_H

#include "evaluation.h"

typedef struct wb_walk {
    wb_evaluation evaluation;
    int64_t position;
    int64_t first_reference;
    int32_t next;
    int32_t open[WB_MAX_NESTING + 1]; /* the blocks around the node at work, the innermost last */
    int32_t depth;
    int32_t opening; /* the block that was gone to last, until its content is; else -1 */
    int32_t closed;  /* the block that the WB_END at work has closed */
    int64_t *places; /* in the result's tensors, of what the node at work takes */
    size_t places_capacity;
} wb_walk;

/* The graph has been evaluated to this result, and was right. False where something in it takes from a layer that is
 * missing. Is to be ended in any case. */
bool wb_walk_begin(wb_walk *walk, const wb_graph *graph, wb_result *result);
void wb_walk_end(wb_walk *walk);

/* What a walk that began so, and has ended, came to: WB_DONE, WB_FAULTY or WB_NO_MEMORY. */
int wb_walk_status(const wb_walk *walk, bool whole);

/* Goes to the next node; false where there is none, or no memory. At a block it has not been opened, at a WB_END it has
 * been closed: what they take are the tensors outside and inside. */
bool wb_walk_next(wb_walk *walk, wb_call *call);

#endif
