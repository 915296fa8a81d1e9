#include "arena.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CHUNK = 4096, ALIGNMENT = 16 };

struct wb_chunk {
    wb_chunk *next;
    size_t capacity;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

static wb_chunk *new_chunk(size_t capacity) {
    if (capacity > SIZE_MAX - sizeof(wb_chunk)) {
        return NULL;
    }
    wb_chunk *chunk = malloc(sizeof(wb_chunk) + capacity);
    if (chunk != NULL) {
        *chunk = (wb_chunk){.capacity = capacity};
    }
    return chunk;
}

/* The chunk after the current one that has room for `size`, made where there is none. */
static wb_chunk *next_chunk(wb_arena *arena, size_t size) {
    wb_chunk *last = arena->current;
    if (last != NULL && last->next != NULL && last->next->capacity >= size) {
        last->next->used = 0;
        return last->next;
    }
    size_t twice = last == NULL ? FIRST_CHUNK : last->capacity * 2;
    wb_chunk *chunk = new_chunk(size > twice ? size : twice);
    if (chunk == NULL) {
        return NULL;
    }
    if (last == NULL) {
        arena->first = chunk;
    } else {
        chunk->next = last->next;
        last->next = chunk;
    }
    return chunk;
}

void *wb_arena_take(wb_arena *arena, size_t size) {
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded < size) {
        return NULL;
    }
    wb_chunk *chunk = arena->current;
    if (chunk == NULL || chunk->capacity - chunk->used < rounded) {
        chunk = next_chunk(arena, rounded);
        if (chunk == NULL) {
            return NULL;
        }
        arena->current = chunk;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return taken;
}

void wb_arena_reset(wb_arena *arena) {
    arena->current = arena->first;
    if (arena->first != NULL) {
        arena->first->used = 0;
    }
}

void wb_arena_free(wb_arena *arena) {
    for (wb_chunk *chunk = arena->first; chunk != NULL;) {
        wb_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *arena = (wb_arena){0};
}
