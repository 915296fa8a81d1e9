/* A growing text, and JSON written into it. A failed allocation sticks: what follows is not written, and
 * `failed` tells at the end. */
#ifndef WB_TEXT_H
#define WB_TEXT_H

#include <stdbool.h>
#include <string.h>

#include "weighbridge.h"

/* A piece of somebody else's text. */
typedef struct wb_span {
    const char *data;
    size_t length;
} wb_span;

typedef struct wb_writer {
    wb_text *text;
    bool failed;
    bool strings; /* integers are written as strings */
} wb_writer;

/* Makes room for so many characters more; false, and the writer has failed, where there is none. */
bool wb_grow(wb_writer *writer, size_t more);

/* Inline, since most of what is written are literals of a few characters. */
static inline void wb_put(wb_writer *writer, const char *data, size_t length) {
    wb_text *text = writer->text;
    if (length > 0 && (length <= text->capacity - text->length || wb_grow(writer, length))) {
        memcpy(text->data + text->length, data, length);
        text->length += length;
    }
}

void wb_put_string(wb_writer *writer, const char *string);
void wb_put_span(wb_writer *writer, wb_span span);

/* The digits alone, as part of a text. */
void wb_put_digits(wb_writer *writer, int64_t integer);

/* A JSON value: digits, or a string of them where the writer says so. */
void wb_put_integer(wb_writer *writer, int64_t integer);

/* What a JSON array of strings holds, each still escaped: `n` spans from malloc, NULL without memory or where
 * the array has another length. */
wb_span *wb_read_names(const char *json, size_t length, int64_t n);

/* The same without knowing how many: `*n` says it. */
wb_span *wb_read_all_names(const char *json, size_t length, int64_t *n);

#define WB_PUT(writer, literal) wb_put(writer, literal, sizeof(literal) - 1)

#endif
