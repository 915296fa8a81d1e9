/* Marks a function that is called rarely, so that it stays out of the way of what always runs. */
#ifndef WB_RARE_H
#define WB_RARE_H

#define WB_RARE __attribute__((noinline))

#endif
