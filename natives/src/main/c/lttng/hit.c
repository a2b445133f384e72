/*
 * Where native hits come in, with the traced code's vector registers. Compiled without such registers.
 *
 * To keep all of them costs as much as half of an event. But lttng-ust is built for any x86-64, and compilers take the first registers
 * first: usually it changes none but the lower parts of xmm0 to xmm7 (the daemon has looked through its code). So it is enough to
 * keep these, if what lttng-ust calls changes no more, either: see calls.c.
 */
#include "../agent/vector.h"
#include "calls.h"
#include "emit.h"
#include "threads.h"
#include "tracer.h"

__attribute__((visibility("default"))) int dyntrace_lttng_hit(const struct dyntrace_site *site,
							      enum dyntrace_event event);

/* The lower parts of xmm0 to xmm7. */
struct lower {
	uint64_t words[16];
} __attribute__((aligned(16)));

#define EACH_LOWER(move)                                                                                               \
	move("0", "0") move("16", "1") move("32", "2") move("48", "3") move("64", "4") move("80", "5") move("96", "6") \
		move("112", "7")
#define KEEP(at, n) "movaps %%xmm" n ", " at "(%0)\n\t"
#define PUT_BACK(at, n) "movaps " at "(%0), %%xmm" n "\n\t"

/* In place, down to the call of lttng-ust: each call on the way would be a part of what an event costs. */
static inline int record_narrow(struct dyntrace_lttng_thread *thread, const struct lttng_ust_tracepoint *point,
				const struct dyntrace_site *site)
{
	struct lower lower;
	int result;

	__asm__ volatile(EACH_LOWER(KEEP) : : "r"(&lower) : "memory");
	result = dyntrace_emit(thread, point, site, true);
	__asm__ volatile(EACH_LOWER(PUT_BACK) : : "r"(&lower) : "memory");
	return result;
}

/* Returns 0, or 1 when the event can't be recorded here. */
int dyntrace_lttng_hit(const struct dyntrace_site *site, enum dyntrace_event event)
{
	struct dyntrace_lttng_thread *thread = &dyntrace_lttng_thread;
	const struct lttng_ust_tracepoint *point = dyntrace_lttng_events[event];
	int result = DYNTRACE_LTTNG_AGAIN;

	/* Nobody records: nothing to do, and nothing allocated. */
	if (!__atomic_load_n(&point->state, __ATOMIC_RELAXED))
		return 0;
	if (thread->narrow && (site->flags & DYNTRACE_SITE_BASELINE))
		result = record_narrow(thread, point, site);
	return result == DYNTRACE_LTTNG_AGAIN ? dyntrace_call_vector(dyntrace_lttng_tracer, site, event) : result;
}
