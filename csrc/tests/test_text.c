#include "text.h"

#include <stdlib.h>

#include "allocation.h"
#include "harness.h"

/* What a writer has written, as a string. */
static const char *read_back(wb_text *text) {
    static char string[4096];
    snprintf(string, sizeof string, "%.*s", (int)text->length, text->data == NULL ? "" : text->data);
    wb_text_free(text);
    return string;
}

static const char *integer(int64_t value, bool strings) {
    wb_text text = {0};
    wb_writer writer = {.text = &text, .strings = strings};
    wb_put_integer(&writer, value);
    return read_back(&text);
}

TEST(integers_come_out_to_the_last_digit) {
    CHECK_STRING(integer(0, false), "0");
    CHECK_STRING(integer(7, false), "7");
    CHECK_STRING(integer(-10, false), "-10");
    CHECK_STRING(integer(INT64_MAX, false), "9223372036854775807");
    CHECK_STRING(integer(INT64_MIN, false), "-9223372036854775808");
    CHECK_STRING(integer(INT64_MAX, true), "\"9223372036854775807\"");
}

TEST(digits_within_a_text_are_never_quoted) {
    wb_text text = {0};
    wb_writer writer = {.text = &text, .strings = true};
    WB_PUT(&writer, "3 x ");
    wb_put_digits(&writer, 12);
    CHECK_STRING(read_back(&text), "3 x 12");
}

TEST(a_text_grows_and_appends) {
    wb_text text = {0};
    wb_writer writer = {.text = &text};
    for (int i = 0; i < 3000; i++) {
        wb_put_string(&writer, "a");
    }
    wb_put_span(&writer, (wb_span){"bcd", 2});
    wb_put(&writer, NULL, 0);
    CHECK(!writer.failed);
    CHECK_EQUAL(text.length, 3002);
    CHECK(memcmp(text.data + 2999, "abc", 3) == 0);
    wb_text_free(&text);
    CHECK(text.data == NULL && text.length == 0 && text.capacity == 0);
}

TEST(a_failed_allocation_sticks) {
    wb_text text = {0};
    wb_writer writer = {.text = &text};
    harness_fail_allocation(1);
    wb_put_string(&writer, "lost");
    CHECK(writer.failed);
    wb_put_string(&writer, "lost too");
    CHECK_EQUAL(text.length, 0);
    wb_text_free(&text);
}

/* The names of an array, separated by bars; NULL where it could not be read as so many. */
static const char *names(const char *json, int64_t n) {
    static char joined[256];
    wb_span *spans = wb_read_names(json, strlen(json), n);
    joined[0] = '\0';
    for (int64_t i = 0; i < n && spans != NULL; i++) {
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%.*s", i > 0 ? "|" : "",
                 (int)spans[i].length, spans[i].data);
    }
    bool read = spans != NULL;
    free(spans);
    return read ? joined : NULL;
}

TEST(names_stay_escaped) {
    CHECK_STRING(names("[]", 0), "");
    CHECK_STRING(names("[\"a\",\"\",\"b c\"]", 3), "a||b c");
    CHECK_STRING(names("[\"a\\\"b\",\"c\\\\\",\"d,e]\"]", 3), "a\\\"b|c\\\\|d,e]");
    CHECK_STRING(names("[\"\\u00e9\", \"\xc3\xa9\"]", 2), "\\u00e9|\xc3\xa9");
}

TEST(there_are_as_many_names_as_was_said) {
    CHECK_STRING(names("[\"a\",\"b\"]", 1), NULL);
    CHECK_STRING(names("[\"a\",\"b\"]", 3), NULL);
    CHECK_STRING(names("", 1), NULL);
}

TEST(a_name_that_does_not_end_is_none) {
    CHECK_STRING(names("[\"a", 1), NULL);
    CHECK_STRING(names("[\"a\\", 1), NULL);
    CHECK_STRING(names("[\"a\\\"]", 1), NULL);
}

TEST(names_are_counted_where_nobody_knows_how_many) {
    int64_t n;
    wb_span *spans = wb_read_all_names("[\"x\",\"yz\"]", 10, &n);
    CHECK(spans != NULL);
    CHECK_EQUAL(n, 2);
    CHECK_EQUAL(spans[1].length, 2);
    free(spans);
    spans = wb_read_all_names("[]", 2, &n);
    CHECK(spans != NULL);
    CHECK_EQUAL(n, 0);
    free(spans);
}

TEST(names_need_memory) {
    harness_fail_allocation(1);
    CHECK_STRING(names("[\"a\"]", 1), NULL);
}
