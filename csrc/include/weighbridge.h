/* libweighbridge: exact shapes, weights and costs of neural networks.
 *
 * The library is a pure function of arrays. It does no I/O, keeps no global state and never aborts or
 * prints; it may be called from any number of threads at once, each with a result of its own.
 *
 * A caller builds a `wb_graph`, asks `wb_evaluate` for a `wb_result`, and reads the result's arrays or has
 * `wb_write_rows` write them as JSON:
 *
 *     wb_result *result = wb_result_new();
 *     wb_error errors[100];
 *     switch (wb_evaluate(&graph, result, errors, 100)) {
 *     case WB_DONE:      ... result->rows[i].parameters ...           break;
 *     case WB_FAULTY:    ... errors[0 .. result->n_errors - 1] ...    break;
 *     case WB_NO_MEMORY: ...                                          break;
 *     }
 *     wb_result_free(result);
 *
 * The declarations stand in a file of their own, without a single macro, because cffi reads them too. */
#ifndef WEIGHBRIDGE_H
#define WEIGHBRIDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#include "weighbridge/declarations.h"

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
