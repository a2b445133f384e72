/*
 * Where native hits come in, with the traced code's vector registers. Compiled without such registers.
 *
 * To keep all of them costs as much as half of an event. But lttng-ust is built for any x86-64, and compilers take the first registers
 * first: usually it changes none but the lower parts of xmm0 to xmm7 (the daemon has looked through its code). So it is enough to
 * keep these, if what lttng-ust calls changes no more, either: see calls.c.
 */
#include "../agent/vector.h"
#include "calls.h"
#include "threads.h"
#include "tracer.h"

__attribute__((visibility("default"))) int dyntrace_lttng_hit(const struct dyntrace_site *site,
							      enum dyntrace_event event);

/* calls_entries.S: as dyntrace_call_vector, for tracers that change nothing but the lower parts of xmm0 to xmm7. */
int dyntrace_call_narrow(dyntrace_tracer tracer, const struct dyntrace_site *site, enum dyntrace_event event);

/* Whether the lower parts will do. lttng-ust asks the loader for a thread's state when that is not in a room of ours. */
static bool narrow(const struct dyntrace_lttng_thread *thread, const struct dyntrace_site *site)
{
	return thread->ready && thread->room && !thread->deferred && (site->flags & DYNTRACE_SITE_BASELINE) &&
	       __atomic_load_n(&dyntrace_lttng_guarded, __ATOMIC_RELAXED);
}

/* Returns 0, or 1 when the event can't be recorded here. */
int dyntrace_lttng_hit(const struct dyntrace_site *site, enum dyntrace_event event)
{
	struct dyntrace_lttng_thread *thread = &dyntrace_lttng_thread;
	int result = DYNTRACE_LTTNG_AGAIN;

	/* Nobody records: nothing to do, and nothing allocated. */
	if (!__atomic_load_n(dyntrace_lttng_states[event], __ATOMIC_RELAXED))
		return 0;
	if (narrow(thread, site)) {
		thread->narrow = 1;
		result = dyntrace_call_narrow(dyntrace_lttng_record, site, event);
		thread->narrow = 0;
	}
	return result == DYNTRACE_LTTNG_AGAIN ? dyntrace_call_vector(dyntrace_lttng_tracer, site, event) : result;
}
