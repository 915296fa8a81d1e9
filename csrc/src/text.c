#include "text.h"

#include <stdlib.h>

void wb_text_free(wb_text *text) {
    free(text->data);
    *text = (wb_text){0};
}

bool wb_grow(wb_writer *writer, size_t more) {
    wb_text *text = writer->text;
    size_t needed = text->length + more;
    size_t capacity = text->capacity * 2 > needed ? text->capacity * 2 : needed + 1024;
    bool fits = !writer->failed && more <= SIZE_MAX / 2 - text->length;
    char *data = fits ? realloc(text->data, capacity) : NULL;
    if (data == NULL) {
        writer->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void wb_put_string(wb_writer *writer, const char *string) { wb_put(writer, string, strlen(string)); }

void wb_put_span(wb_writer *writer, wb_span span) { wb_put(writer, span.data, span.length); }

void wb_put_digits(wb_writer *writer, int64_t integer) {
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (integer < 0) {
        digits[--at] = '-';
    }
    wb_put(writer, digits + at, sizeof digits - at);
}

void wb_put_integer(wb_writer *writer, int64_t integer) {
    if (writer->strings) {
        wb_put(writer, "\"", 1);
        wb_put_digits(writer, integer);
        wb_put(writer, "\"", 1);
    } else {
        wb_put_digits(writer, integer);
    }
}

/* From the character behind an opening quote: where the closing one is, NULL where there is none. */
static const char *closing_quote(const char *at, const char *end) {
    for (; at < end; at++) {
        if (*at == '\\') {
            at++;
        } else if (*at == '"') {
            return at;
        }
    }
    return NULL;
}

/* Steps to the next string of the array; false behind the last. */
static bool next_name(const char **at, const char *end, wb_span *name) {
    const char *open = memchr(*at, '"', (size_t)(end - *at));
    const char *close = open == NULL ? NULL : closing_quote(open + 1, end);
    if (close == NULL) {
        return false;
    }
    *name = (wb_span){open + 1, (size_t)(close - open - 1)};
    *at = close + 1;
    return true;
}

wb_span *wb_read_names(const char *json, size_t length, int64_t n) {
    wb_span *names = malloc(sizeof *names * (size_t)(n + 1));
    const char *at = json;
    wb_span behind;
    for (int64_t i = 0; i < n && names != NULL; i++) {
        if (!next_name(&at, json + length, &names[i])) {
            free(names);
            return NULL;
        }
    }
    if (names != NULL && next_name(&at, json + length, &behind)) {
        free(names);
        return NULL;
    }
    return names;
}

wb_span *wb_read_all_names(const char *json, size_t length, int64_t *n) {
    const char *at = json;
    wb_span name;
    int64_t count = 0;
    while (next_name(&at, json + length, &name)) {
        count++;
    }
    *n = count;
    return wb_read_names(json, length, count);
}
