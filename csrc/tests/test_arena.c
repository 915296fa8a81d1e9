#include "arena.h"

#include "allocation.h"
#include "harness.h"

TEST(pieces_are_aligned_and_do_not_overlap) {
    wb_arena arena = {0};
    unsigned char *pieces[100];
    for (size_t i = 0; i < 100; i++) {
        pieces[i] = wb_arena_take(&arena, i + 1);
        CHECK(pieces[i] != NULL && (uintptr_t)pieces[i] % 16 == 0);
        memset(pieces[i], (int)i, i + 1);
    }
    for (size_t i = 0; i < 100; i++) {
        CHECK(pieces[i][0] == i && pieces[i][i] == i);
    }
    wb_arena_free(&arena);
}

TEST(a_piece_may_be_larger_than_a_chunk) {
    wb_arena arena = {0};
    CHECK(wb_arena_take(&arena, 16) != NULL);
    unsigned char *large = wb_arena_take(&arena, 1000000);
    CHECK(large != NULL);
    memset(large, 1, 1000000);
    CHECK(wb_arena_take(&arena, 16) != NULL);
    wb_arena_free(&arena);
}

TEST(what_was_forgotten_is_given_again_without_an_allocation) {
    wb_arena arena = {0};
    void *first = wb_arena_take(&arena, 4000);
    CHECK(wb_arena_take(&arena, 4000) != NULL && wb_arena_take(&arena, 4000) != NULL);
    wb_arena_reset(&arena);
    harness_fail_allocation(1);
    CHECK(wb_arena_take(&arena, 4000) == first);
    CHECK(wb_arena_take(&arena, 4000) != NULL && wb_arena_take(&arena, 4000) != NULL);
    CHECK(!harness_allocation_failed());
    harness_fail_allocation(0);
    wb_arena_free(&arena);
}

TEST(without_memory_there_is_no_piece_and_the_next_may_succeed) {
    wb_arena arena = {0};
    harness_fail_allocation(1);
    CHECK(wb_arena_take(&arena, 16) == NULL);
    CHECK(wb_arena_take(&arena, 16) != NULL);
    wb_arena_free(&arena);
}

TEST(sizes_that_no_memory_has_are_refused) {
    wb_arena arena = {0};
    CHECK(wb_arena_take(&arena, SIZE_MAX) == NULL);
    CHECK(wb_arena_take(&arena, SIZE_MAX - 31) == NULL);
    wb_arena_free(&arena);
}

TEST(an_arena_that_was_never_used_can_be_reset_and_freed) {
    wb_arena arena = {0};
    wb_arena_reset(&arena);
    wb_arena_free(&arena);
    CHECK(wb_arena_take(&arena, 0) != NULL);
    wb_arena_free(&arena);
}
