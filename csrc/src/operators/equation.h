/* An einsum equation beside the tensors that it is about: its labels, and how large they are. */
#ifndef WB_EQUATION_H
#define WB_EQUATION_H

#include "../operator.h"

enum { WB_LETTERS = 52, WB_LABELS = WB_LETTERS + WB_MAX_RANK };
enum { WB_IN_OUTPUT = INT32_MAX, WB_NOWHERE = -1 };

/* The labels of an operand's axes, or of the output's. Those of an ellipsis count from its end, so that ellipses of
 * different length line up as in broadcasting. */
typedef struct wb_term {
    int32_t labels[WB_MAX_RANK];
    int32_t rank;
    bool begins_with_letter;
} wb_term;

/* What the equation, the inputs and the attributes beside them say together. */
typedef struct wb_equation {
    wb_dimension sizes[WB_LABELS];
    int32_t operand[WB_LABELS]; /* the first input with the label, WB_NOWHERE where none has it */
    int32_t axis[WB_LABELS];    /* of that input */
    int32_t last[WB_LABELS];    /* the last operand with the label, WB_IN_OUTPUT where the output has it */
    int32_t ellipsis;           /* axes of the longest one */
    wb_term kernel;
    wb_term output;
    bool left_open[WB_MAX_RANK]; /* axes of the output of which `output_shape` says nothing */
    bool biased[WB_MAX_RANK];    /* axes of the output along which there is a bias */
} wb_equation;

/* Reads all terms; false where they contradict themselves, the inputs, or the attributes. */
bool wb_read_equation(wb_call *call, wb_equation *equation);

/* Reads the term of an input at this position, which goes to the next term. It has the input's rank. */
bool wb_read_term(wb_call *call, int32_t operand, int64_t *position, wb_term *term);

#endif
