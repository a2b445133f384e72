/* What lttng-ust calls while it records a hit. */
#ifndef DYNTRACE_LTTNG_CALLS_H
#define DYNTRACE_LTTNG_CALLS_H

#include <stdbool.h>
#include <stddef.h>

/* Functions that can be called elsewhere from within a hit. */
#define DYNTRACE_LTTNG_CALLS 512

/*
 * Whether all calls that lead out of lttng-ust keep the vector registers that lttng-ust itself does not change. Until then, and when
 * something may be called on a way that can't be guarded, all registers are to be kept at each hit.
 */
extern bool dyntrace_lttng_guarded;

/* What of the C library an event takes each time, done here with no more than xmm0 to xmm7; NULL for other names. */
void *dyntrace_lttng_plain(const char *name);
/*
 * Returns what to call in the place of a function: within a hit it keeps all vector registers around the call. The function must not
 * return a floating-point value, nor have more than 16 words of arguments on the stack. NULL when there are too many.
 */
void *dyntrace_lttng_guard(void *function);
/* To be called before; false if this machine has no such registers. */
bool dyntrace_lttng_guard_prepare(void);

#endif
