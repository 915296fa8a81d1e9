/*
 * Bytes to names and references in a scope, under libFuzzer with ASan and UBSan: whatever the two texts say, nothing
 * is read past their ends, and a reference that is found leads to what stands before.
 *
 * The first byte says whether references name their outputs; then come pairs of texts, each ended by a line feed.
 */
#include <stdlib.h>
#include <string.h>

#include "weighbridge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next text, in memory of just its size, which the caller frees. */
static char *take_text(const uint8_t **data, size_t *left, size_t *length) {
    const uint8_t *end = *left == 0 ? NULL : memchr(*data, '\n', *left);
    *length = end == NULL ? *left : (size_t)(end - *data);
    char *text = malloc(*length + 1);
    if (text == NULL) {
        abort();
    }
    text = *length == 0 ? text : memcpy(text, *data, *length);
    size_t taken = *length + (end != NULL);
    *data += taken;
    *left -= taken;
    return realloc(text, *length == 0 ? 1 : *length);
}

static int add_pair(wb_scope *scope, const uint8_t **data, size_t *left) {
    size_t names_length = 0, inputs_length = 0;
    char *names = take_text(data, left, &names_length);
    char *inputs = take_text(data, left, &inputs_length);
    int status = wb_scope_add(scope, names, names_length, inputs, inputs_length);
    free(names);
    free(inputs);
    return status;
}

static void check(const wb_scope *scope) {
    for (int64_t i = 0; i < scope->n_references; i++) {
        int64_t node = scope->references[i] & INT32_MAX;
        if (node < 1 || node >= scope->n_nodes) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wb_scope *scope = wb_scope_new();
    if (scope == NULL || size == 0) {
        wb_scope_free(scope);
        return 0;
    }
    scope->n_nodes = 1;
    scope->wired = data[0] & 1;
    size_t left = size - 1;
    data++;
    int status = wb_scope_add(scope, "[\"x\",\"y\"]", 9, NULL, 0);
    while (status == WB_DONE && left > 0) {
        status = add_pair(scope, &data, &left);
        check(scope);
    }
    wb_scope_free(scope);
    return 0;
}
