/* Memory that is taken piece by piece and given back all at once. What was handed out never moves. */
#ifndef WB_ARENA_H
#define WB_ARENA_H

#include <stddef.h>

typedef struct wb_chunk wb_chunk;

typedef struct wb_arena {
    wb_chunk *first;
    wb_chunk *current;
} wb_arena;

/* `size` bytes, aligned for any of the library's types; NULL without memory. */
void *wb_arena_take(wb_arena *arena, size_t size);

/* Forgets all that was taken, and keeps the memory for the next time. */
void wb_arena_reset(wb_arena *arena);

void wb_arena_free(wb_arena *arena);

#endif
