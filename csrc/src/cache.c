#include "cache.h"

#include "cost.h"
#include "walk.h"

struct wb_caching {
    wb_walk walk;
    wb_cache *cache;
    int64_t context;
};

bool wb_is_same_input(const wb_call *call, int32_t a, int32_t b) {
    const int64_t *places = call->caching->walk.places;
    return places[a] == places[b];
}

int64_t wb_context(const wb_call *call, int64_t window) {
    int64_t context = call->caching->context;
    return window != WB_ABSENT && window < context ? window : context;
}

void wb_cache_elements(const wb_call *call, const int64_t *factors, size_t n) {
    wb_cache *cache = call->caching->cache;
    int64_t elements = wb_cost_multiply(wb_cost_product(factors, n), call->row->runs);
    cache->elements = wb_cost_sum(cache->elements, elements);
    if (cache->elements < 0 && cache->node < 0) {
        cache->node = call->index;
        cache->cause = cache->elements;
    }
}

int wb_add_caches(const wb_graph *graph, wb_result *result, int64_t context, wb_cache *cache) {
    struct wb_caching caching = {.cache = cache, .context = context};
    wb_call call;
    *cache = (wb_cache){.node = -1};
    bool whole = wb_walk_begin(&caching.walk, graph, result);
    while (whole && wb_walk_next(&caching.walk, &call)) {
        const wb_operator *operator_ = wb_operator_of(call.node->operator_id);
        call.caching = &caching;
        if (operator_->caches != NULL) {
            operator_->caches(&call);
        }
    }
    wb_walk_end(&caching.walk);
    return wb_walk_status(&caching.walk, whole);
}
