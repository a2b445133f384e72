/* The lttng tracer: a library of its own, so that targets hold lttng-ust only when it is used. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "provider.h"

#include "../agent/layout.h"
#include "calls.h"
#include "emit.h"
#include "threads.h"
#include "tracer.h"

#include <errno.h>
#include <lttng/ust-fork.h>
#include <signal.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int dyntrace_lttng_tracer(const struct dyntrace_site *site, enum dyntrace_event event);
EXPORT void dyntrace_lttng_info(const char *name, const char *symbol, const char *module, uint64_t address);
EXPORT void *dyntrace_lttng_probes(void);
EXPORT const int *dyntrace_lttng_state(enum dyntrace_event event);
EXPORT void dyntrace_lttng_before_fork(void);
EXPORT void dyntrace_lttng_after_fork(int child);

_Static_assert(LTTNG_LOCKED == DYNTRACE_SITE_LOCKED, "one bit for both");

const struct lttng_ust_tracepoint *const dyntrace_lttng_events[] = {
	[DYNTRACE_HIT] = &lttng_ust_tracepoint_dyntrace_lttng___tracepoint_hit,
	[DYNTRACE_ENTRY] = &lttng_ust_tracepoint_dyntrace_lttng___function_entry,
	[DYNTRACE_EXIT] = &lttng_ust_tracepoint_dyntrace_lttng___function_exit,
};

int dyntrace_lttng_tracer(const struct dyntrace_site *site, enum dyntrace_event event)
{
	struct dyntrace_lttng_thread *thread = &dyntrace_lttng_thread;
	const struct lttng_ust_tracepoint *point = dyntrace_lttng_events[event];
	int saved;

	/* Nobody records: nothing to do, and nothing allocated. */
	if (!__atomic_load_n(&point->state, __ATOMIC_RELAXED))
		return 0;
	if (__builtin_expect(!thread->ready, 0)) {
		thread->state = site->flags & LTTNG_LOCKED;
		thread->ready = dyntrace_lttng_prepare();
		thread->state = 0;
		if (!thread->ready)
			return 1;
	}
	if (__builtin_expect(thread->deferred && !(site->flags & DYNTRACE_SITE_LOCKED), 0)) {
		saved = *thread->error;
		dyntrace_lttng_catch_up();
		*thread->error = saved;
	}
	return dyntrace_emit(thread, point, site, false);
}

void dyntrace_lttng_info(const char *name, const char *symbol, const char *module, uint64_t address)
{
	lttng_ust_tracepoint(dyntrace_lttng, tracepoint_info, name, symbol, module, address);
}

/* Where lttng-ust keeps the list of who listens: it is another list whenever a recording starts. */
void *dyntrace_lttng_probes(void)
{
	return &lttng_ust_tracepoint_dyntrace_lttng___tracepoint_info.probes;
}

/* The word that is not 0 while somebody records this event; NULL for what is no event. */
const int *dyntrace_lttng_state(enum dyntrace_event event)
{
	return event <= DYNTRACE_EXIT ? &dyntrace_lttng_events[event]->state : NULL;
}

static sigset_t signals_before_fork;

void dyntrace_lttng_before_fork(void)
{
	lttng_ust_before_fork(&signals_before_fork);
}

void dyntrace_lttng_after_fork(int child)
{
	/* lttng-ust's own lock is held since before: nobody else has written this. */
	sigset_t signals = signals_before_fork;

	if (child) {
		dyntrace_lttng_adopt();
		lttng_ust_after_fork_child(&signals);
	} else {
		lttng_ust_after_fork_parent(&signals);
	}
}
