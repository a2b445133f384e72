/* The tracer, for native code and for JVMs. */
#ifndef DYNTRACE_LTTNG_TRACER_H
#define DYNTRACE_LTTNG_TRACER_H

#include "../agent/layout.h"

#define DYNTRACE_LTTNG_AGAIN (-1)

/* By event: the word that is not 0 while somebody records it. */
extern const int *const dyntrace_lttng_states[];
/* Records an event, whatever it does to vector registers. Returns 0, or 1 when it can't be recorded here. */
int dyntrace_lttng_tracer(const struct dyntrace_site *site, enum dyntrace_event event);
/*
 * The same for a thread that is ready, when the event is being recorded. Returns 0; or, if the thread is narrow, DYNTRACE_LTTNG_AGAIN
 * when nothing was recorded and all registers must be kept.
 */
int dyntrace_lttng_record(const struct dyntrace_site *site, enum dyntrace_event event);

#endif
