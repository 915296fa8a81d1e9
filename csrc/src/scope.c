/* The names that layers see beside each other, read many at a time: a table from names to nodes. */
#include <stdlib.h>
#include <string.h>

#include "evaluation.h"
#include "text.h"

enum {
    LONGEST_NAME = 256,
    MOST_DIGITS = 9, /* of an output's number */
    MOST_PROBES = 64 /* more of them, and somebody has chosen names that crowd the table */
};

typedef struct wb_entry {
    size_t at; /* where the name stands in the scope's names */
    uint32_t hash;
    int32_t node; /* 0: nothing is here, for nobody refers to the first node */
} wb_entry;

struct wb_scope_storage {
    wb_entry *entries;
    size_t n_entries; /* a power of two */
    size_t references_capacity;
};

/* A place in a JSON text. */
typedef struct wb_cursor {
    const char *at;
    const char *end;
} wb_cursor;

wb_scope *wb_scope_new(void) {
    wb_scope *scope = calloc(1, sizeof(wb_scope));
    if (scope == NULL) {
        return NULL;
    }
    scope->storage = calloc(1, sizeof(struct wb_scope_storage));
    if (scope->storage == NULL) {
        free(scope);
        return NULL;
    }
    return scope;
}

void wb_scope_free(wb_scope *scope) {
    if (scope == NULL) {
        return;
    }
    free(scope->storage->entries);
    free(scope->storage);
    free(scope->references);
    wb_text_free(&scope->names);
    free(scope);
}

/* ---- The table ---------------------------------------------------------------------------------------- */

static const uint64_t MULTIPLIER = UINT64_C(0x9E3779B97F4A7C15); /* 2^64 by the golden ratio */

/* Takes in up to eight bytes more. */
static uint64_t mix(uint64_t hash, const char *data, size_t length) {
    uint64_t word = 0;
    memcpy(&word, data, length);
    return ((hash ^ (hash >> 32)) * MULTIPLIER) ^ word;
}

static uint32_t hash_of(wb_span name) {
    const size_t step = sizeof(uint64_t);
    uint64_t hash = name.length;
    for (; name.length > step; name.length -= step, name.data += step) {
        hash = mix(hash, name.data, step);
    }
    hash = mix(hash, name.data, name.length);
    hash = (hash ^ (hash >> 32)) * MULTIPLIER;
    return (uint32_t)(hash >> 32); /* the half on which every bit of the name has an effect */
}

/* Is this the name that stands at a place of the scope's names, up to its closing quote? */
static bool is_name(const wb_scope *scope, size_t at, wb_span name) {
    const char *known = scope->names.data + at;
    bool has_room = name.length < scope->names.length - at;
    return has_room && known[name.length] == '"' && memcmp(known, name.data, name.length) == 0;
}

/* Where a name is, or would be; NULL where the table is crowded. */
static wb_entry *entry_of(const wb_scope *scope, wb_span name, uint32_t hash) {
    const struct wb_scope_storage *storage = scope->storage;
    for (uint32_t probe = 0; probe < MOST_PROBES && storage->n_entries > 0; probe++) {
        wb_entry *entry = &storage->entries[(hash + probe) & (storage->n_entries - 1)];
        if (entry->node == 0) {
            return entry;
        }
        if (entry->hash == hash && is_name(scope, entry->at, name)) {
            return entry;
        }
    }
    return NULL;
}

/* Makes the table twice as large; false without memory. */
static bool widen(struct wb_scope_storage *storage) {
    size_t n = storage->n_entries == 0 ? 256 : storage->n_entries * 2;
    wb_entry *wider = calloc(n, sizeof(wb_entry));
    if (wider == NULL) {
        return false;
    }
    for (size_t i = 0; i < storage->n_entries; i++) {
        wb_entry entry = storage->entries[i];
        size_t place = entry.hash & (n - 1);
        while (entry.node != 0 && wider[place].node != 0) {
            place = (place + 1) & (n - 1);
        }
        wider[place] = entry.node != 0 ? entry : wider[place];
    }
    free(storage->entries);
    storage->entries = wider;
    storage->n_entries = n;
    return true;
}

/* ---- Reading ------------------------------------------------------------------------------------------ */

static bool take(wb_cursor *cursor, char character) {
    bool is_there = cursor->at < cursor->end && *cursor->at == character;
    cursor->at += is_there;
    return is_there;
}

static bool take_null(wb_cursor *cursor) {
    bool is_there = cursor->end - cursor->at >= 4 && memcmp(cursor->at, "null", 4) == 0;
    cursor->at += is_there ? 4 : 0;
    return is_there;
}

/* A string as it stands between its quotes: one with an escaped quote ends too early, and is no name that is known. */
static bool take_string(wb_cursor *cursor, wb_span *string) {
    if (!take(cursor, '"')) {
        return false;
    }
    const char *close = memchr(cursor->at, '"', (size_t)(cursor->end - cursor->at));
    if (close == NULL) {
        return false;
    }
    *string = (wb_span){cursor->at, (size_t)(close - cursor->at)};
    cursor->at = close + 1;
    return true;
}

/* Is a name one that nobody has to look at? Control characters, but those of Latin-1, come as escapes. */
static bool is_plain(const wb_scope *scope, wb_span name) {
    for (size_t i = 0; i < name.length; i++) {
        unsigned char character = (unsigned char)name.data[i];
        bool is_control = character == 0x7F || (character == 0xC2 && (unsigned char)name.data[i + 1] < 0xA0);
        bool separates = character == '/' || character == ':';
        if (character == '\\' || is_control || (separates && !scope->wired)) {
            return false;
        }
    }
    return name.length > 0 && name.length <= LONGEST_NAME;
}

/* Splits the number of an output off a reference, `name:1`; -1 where it has none. */
static int64_t split_output(wb_span *reference) {
    size_t colon = reference->length;
    int64_t output = 0, weight = 1;
    while (colon > 0 && reference->data[colon - 1] >= '0' && reference->data[colon - 1] <= '9') {
        bool fits = reference->length - --colon <= MOST_DIGITS;
        output += fits ? weight * (reference->data[colon] - '0') : 0;
        weight *= fits ? 10 : 1;
    }
    size_t digits = reference->length - colon;
    if (digits == 0 || digits > MOST_DIGITS || colon == 0 || reference->data[colon - 1] != ':') {
        return -1;
    }
    reference->length = colon - 1;
    return output;
}

/* ---- Layers ------------------------------------------------------------------------------------------- */

static int put_reference(wb_scope *scope, int64_t node, int64_t output) {
    size_t n = (size_t)scope->n_references;
    if (!wb_reserve((void **)&scope->references, &scope->storage->references_capacity, n + 1, sizeof(int64_t))) {
        return WB_NO_MEMORY;
    }
    scope->references[scope->n_references++] = node | (output << 32);
    return WB_DONE;
}

static int refer(wb_scope *scope, wb_span reference) {
    bool says_output = scope->wired || memchr(reference.data, ':', reference.length) != NULL;
    int64_t output = says_output ? split_output(&reference) : 0;
    const wb_entry *entry = output < 0 ? NULL : entry_of(scope, reference, hash_of(reference));
    return entry == NULL || entry->node == 0 ? WB_FAULTY : put_reference(scope, entry->node, output);
}

/* Takes what one layer refers to: a list, or null for the layer before. */
static int take_inputs(wb_scope *scope, wb_cursor *inputs) {
    if (take_null(inputs)) {
        return scope->previous < 0 ? WB_FAULTY : put_reference(scope, scope->previous, 0);
    }
    if (!take(inputs, '[')) {
        return WB_FAULTY;
    }
    wb_span reference;
    for (bool first = true; !take(inputs, ']'); first = false) {
        if ((!first && !take(inputs, ',')) || !take_string(inputs, &reference)) {
            return WB_FAULTY;
        }
        int status = refer(scope, reference);
        if (status != WB_DONE) {
            return status;
        }
    }
    return WB_DONE;
}

/* Makes a name, which stands in the scope's names, that of the next node. */
static int add_name(wb_scope *scope, wb_span name) {
    struct wb_scope_storage *storage = scope->storage;
    bool is_full = (size_t)scope->n_nodes >= storage->n_entries / 2;
    if (scope->n_nodes == INT32_MAX || !is_plain(scope, name)) {
        return WB_FAULTY;
    }
    if (is_full && !widen(storage)) {
        return WB_NO_MEMORY;
    }
    uint32_t hash = hash_of(name);
    wb_entry *entry = entry_of(scope, name, hash);
    if (entry == NULL || entry->node != 0) {
        return WB_FAULTY;
    }
    *entry = (wb_entry){(size_t)(name.data - scope->names.data), hash, (int32_t)scope->n_nodes};
    scope->previous = scope->n_nodes++;
    return WB_DONE;
}

/* Copies the content of a JSON array behind the names that are there; an empty cursor without memory. */
static wb_cursor keep(wb_scope *scope, const char *json, size_t length) {
    wb_writer writer = {.text = &scope->names};
    wb_put(&writer, ",", scope->names.length > 0);
    size_t first = scope->names.length;
    wb_put(&writer, json + 1, length - 2);
    if (writer.failed) {
        return (wb_cursor){NULL, NULL};
    }
    return (wb_cursor){scope->names.data + first, scope->names.data + scope->names.length};
}

static bool is_array(const char *json, size_t length) {
    return length > 2 && json[0] == '[' && json[length - 1] == ']';
}

int wb_scope_add(wb_scope *scope, const char *names, size_t names_length, const char *inputs, size_t inputs_length) {
    if (!is_array(names, names_length) || (inputs != NULL && !is_array(inputs, inputs_length))) {
        return WB_FAULTY;
    }
    wb_cursor kept = keep(scope, names, names_length);
    wb_cursor taken = inputs == NULL ? kept : (wb_cursor){inputs + 1, inputs + inputs_length - 1};
    if (kept.at == NULL) {
        return WB_NO_MEMORY;
    }
    wb_span name;
    for (bool first = true; kept.at < kept.end; first = false) {
        if ((!first && !take(&kept, ',')) || !take_string(&kept, &name)) {
            return WB_FAULTY;
        }
        if (inputs != NULL && !first && !take(&taken, ',')) {
            return WB_FAULTY;
        }
        int status = inputs == NULL ? WB_DONE : take_inputs(scope, &taken);
        status = status == WB_DONE ? add_name(scope, name) : status;
        if (status != WB_DONE) {
            return status;
        }
    }
    return inputs == NULL || taken.at == taken.end ? WB_DONE : WB_FAULTY;
}
