/* The tracer, for native code and for JVMs. */
#ifndef DYNTRACE_LTTNG_TRACER_H
#define DYNTRACE_LTTNG_TRACER_H

#include "../agent/layout.h"

#define DYNTRACE_LTTNG_AGAIN (-1)

struct lttng_ust_tracepoint;

/* By what a tracer is told. */
extern const struct lttng_ust_tracepoint *const dyntrace_lttng_events[];
/* Records an event, whatever it does to vector registers. Returns 0, or 1 when it can't be recorded here. */
int dyntrace_lttng_tracer(const struct dyntrace_site *site, enum dyntrace_event event);

#endif
