/*
 * A test file is a row of TEST(name) { ... } and nothing else: each registers itself, and main is here.
 * A test ends at its first check that does not hold. One file, one executable; include this once.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct harness_test {
    const char *name;
    void (*run)(void);
    struct harness_test *next;
};

static struct harness_test *harness_first, **harness_end = &harness_first;
static jmp_buf harness_failed;

static inline void harness_register(struct harness_test *test) {
    *harness_end = test;
    harness_end = &test->next;
}

#define TEST(name)                                                           \
    static void name(void);                                                  \
    __attribute__((constructor)) static void harness_register_##name(void) { \
        static struct harness_test test = {#name, name, NULL};               \
        harness_register(&test);                                             \
    }                                                                        \
    static void name(void)

#define CHECK(condition) harness_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(got, want) harness_equal((int64_t)(got), (int64_t)(want), #got, __FILE__, __LINE__)
#define CHECK_STRING(got, want) harness_string((got), (want), #got, __FILE__, __LINE__)

static inline void harness_check(bool holds, const char *condition, const char *file, int line) {
    if (holds) return;
    printf("# %s:%d: %s does not hold\n", file, line, condition);
    longjmp(harness_failed, 1);
}

static inline void harness_equal(int64_t got, int64_t want, const char *what, const char *file, int line) {
    if (got == want) return;
    printf("# %s:%d: %s is %" PRId64 ", not %" PRId64 "\n", file, line, what, got, want);
    longjmp(harness_failed, 1);
}

/* NULL equals NULL only. */
static inline void harness_string(const char *got, const char *want, const char *what, const char *file, int line) {
    if (got == want || (got && want && strcmp(got, want) == 0)) return;
    printf("# %s:%d: %s is \"%s\", not \"%s\"\n", file, line, what, got ? got : "(null)", want ? want : "(null)");
    longjmp(harness_failed, 1);
}

static bool harness_passes(const struct harness_test *test) {
    if (setjmp(harness_failed)) return false;
    test->run();
    return true;
}

int main(void) {
    int passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed before a crash is seen */
    for (const struct harness_test *test = harness_first; test; test = test->next) {
        bool passes = harness_passes(test);
        printf("%s %s\n", passes ? "ok" : "not ok", test->name);
        if (passes)
            passed++;
        else
            failed++;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed;
}

#endif
