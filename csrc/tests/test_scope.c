#include <stdlib.h>

#include "allocation.h"
#include "harness.h"
#include "weighbridge.h"

/* A scope whose nodes from 1 on are inputs of a model. */
static wb_scope *begin(const char *inputs) {
    wb_scope *scope = wb_scope_new();
    scope->n_nodes = 1;
    CHECK_EQUAL(wb_scope_add(scope, inputs, strlen(inputs), NULL, 0), WB_DONE);
    return scope;
}

static int add(wb_scope *scope, const char *names, const char *inputs) {
    return wb_scope_add(scope, names, strlen(names), inputs, strlen(inputs));
}

/* What becomes of layers behind an input `x`. */
static int status_of(const char *names, const char *inputs) {
    wb_scope *scope = begin("[\"x\"]");
    int status = add(scope, names, inputs);
    wb_scope_free(scope);
    return status;
}

TEST(a_layer_takes_what_it_names_and_else_the_one_before) {
    wb_scope *scope = begin("[\"x\",\"y\"]");
    CHECK_EQUAL(add(scope, "[\"a\",\"b\"]", "[[\"y\",\"x\"],null]"), WB_DONE);
    CHECK_EQUAL(add(scope, "[\"c\"]", "[[\"a\",\"b:1\",\"x:000000012\"]]"), WB_DONE);
    CHECK_EQUAL(add(scope, "[\"d\"]", "[[]]"), WB_DONE);
    const int64_t references[] = {2, 1, 3, 3, 4 | INT64_C(1) << 32, 1 | INT64_C(12) << 32};
    CHECK_EQUAL(scope->n_references, 6);
    CHECK(memcmp(scope->references, references, sizeof references) == 0);
    CHECK_EQUAL(scope->n_nodes, 7);
    CHECK_EQUAL(scope->names.length, strlen("\"x\",\"y\",\"a\",\"b\",\"c\",\"d\""));
    CHECK(memcmp(scope->names.data, "\"x\",\"y\",\"a\",\"b\",\"c\",\"d\"", scope->names.length) == 0);
    wb_scope_free(scope);
}

TEST(without_one_before_a_layer_must_say_what_it_takes) {
    wb_scope *scope = begin("[\"x\",\"y\"]");
    scope->previous = -1;
    CHECK_EQUAL(add(scope, "[\"a\"]", "[null]"), WB_FAULTY);
    wb_scope_free(scope);
}

TEST(references_lead_to_what_stands_before) {
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"x\"]]"), WB_DONE);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"nowhere\"]]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"a\"]]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\",\"b\"]", "[[\"b\"],null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"\"]]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"x:\"]]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\":1\"]]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"x:-1\"]]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\"]", "[[\"x:1000000000\"]]"), WB_FAULTY);
}

TEST(names_are_different_and_plain) {
    CHECK_EQUAL(status_of("[\"a\",\"a\"]", "[null,null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"x\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[null]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a/b\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a:0\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\\n\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"a\\\"b\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"\x7f\"]", "[null]"), WB_FAULTY);
    CHECK_EQUAL(status_of("[\"\xc2\x85\"]", "[null]"), WB_FAULTY); /* U+0085, a control character */
    CHECK_EQUAL(status_of("[\"\xc2\xa0\"]", "[null]"), WB_DONE);
    CHECK_EQUAL(status_of("[\"\xe5\xb1\xa4\"]", "[null]"), WB_DONE);
}

TEST(a_name_has_256_characters_at_most) {
    char names[300] = "[\"";
    memset(names + 2, 'n', 256);
    memcpy(names + 258, "\"]", 3);
    CHECK_EQUAL(status_of(names, "[null]"), WB_DONE);
    memcpy(names + 258, "n\"]", 4);
    CHECK_EQUAL(status_of(names, "[null]"), WB_FAULTY);
}

TEST(what_begins_alike_is_told_apart) {
    CHECK_EQUAL(status_of("[\"layer\",\"layer_1\",\"layer_10\",\"layer_100000000\"]",
                          "[null,[\"layer\"],[\"layer_1\"],[\"layer_10\"]]"),
                WB_DONE);
}

TEST(a_wired_reference_says_its_output) {
    wb_scope *scope = begin("[\"x\"]");
    scope->wired = true;
    CHECK_EQUAL(add(scope, "[\"conv1/conv\",\"tower:1\"]", "[[\"x:0\"],[\"conv1/conv:0\"]]"), WB_DONE);
    CHECK_EQUAL(add(scope, "[\"b\"]", "[[\"tower:1:2\"]]"), WB_DONE);
    CHECK_EQUAL(scope->references[2], 3 | INT64_C(2) << 32);
    CHECK_EQUAL(add(scope, "[\"c\"]", "[[\"tower\"]]"), WB_FAULTY);
    wb_scope_free(scope);
}

TEST(both_arrays_are_whole_and_of_one_length) {
    const char *const broken[][2] = {
        {"[\"a\"]", "[null,null]"},
        {"[\"a\",\"b\"]", "[null]"},
        {"[\"a\" ]", "[null]"},
        {"[\"a]", "[null]"},
        {"[]", "[]"},
        {"", ""},
        {"[\"a\"", "[null]"},
        {"[\"a\"]", "[[\"x\"]"},
        {"[\"a\"]", "[[\"x\" ]]"},
        {"[\"a\"]", "[[\"x]]"},
        {"[\"a\"]", "[[,]]"},
        {"[\"a\"]", "[nul]"},
        {"[\"a\"\"b\"]", "[null,null]"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        CHECK_EQUAL(status_of(broken[i][0], broken[i][1]), WB_FAULTY);
    }
}

/* Adds so many layers one by one, each on the one before by its name. */
static int add_chain(wb_scope *scope, int n) {
    char name[32], inputs[32] = "[[\"x\"]]";
    int status = WB_DONE;
    for (int k = 0; k < n && status == WB_DONE; k++) {
        snprintf(name, sizeof name, "[\"layer_%d\"]", k);
        status = add(scope, name, inputs);
        snprintf(inputs, sizeof inputs, "[[\"layer_%d\"]]", k);
    }
    return status;
}

TEST(a_scope_grows) {
    wb_scope *scope = begin("[\"x\"]");
    CHECK_EQUAL(add_chain(scope, 100000), WB_DONE);
    CHECK_EQUAL(scope->n_references, 100000);
    for (int k = 0; k < 100000; k++) {
        CHECK_EQUAL(scope->references[k], k + 1);
    }
    wb_scope_free(scope);
}

TEST(without_memory_a_scope_says_so) {
    int failed = 0;
    for (long n = 1;; n++) {
        harness_fail_allocation(n);
        wb_scope *scope = wb_scope_new();
        if (scope == NULL) {
            CHECK(harness_allocation_failed());
            failed++;
            continue;
        }
        scope->n_nodes = 1;
        int status = wb_scope_add(scope, "[\"x\"]", 5, NULL, 0);
        status = status == WB_DONE ? add_chain(scope, 300) : status;
        bool came = harness_allocation_failed();
        harness_fail_allocation(0);
        wb_scope_free(scope);
        CHECK_EQUAL(status, came ? WB_NO_MEMORY : WB_DONE);
        if (!came) {
            break;
        }
        failed++;
    }
    CHECK(failed > 5);
    wb_scope_free(NULL);
}
