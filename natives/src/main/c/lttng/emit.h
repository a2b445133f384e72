/*
 * Emits an event as lttng_ust_do_tracepoint does, but enters lttng-ust's RCU in place: its macro makes three calls for that
 * and finds the thread's variables five times, a tenth of what an event costs. What is read and written here is what
 * lttng-ust's header offers for that (lttng/urcu/static/urcu-ust.h: the part of its ABI that programs inline).
 */
#ifndef DYNTRACE_LTTNG_EMIT_H
#define DYNTRACE_LTTNG_EMIT_H

#include "calls.h"
#include "threads.h"
#include "tracer.h"

#include <lttng/tracepoint.h>
#include <lttng/urcu/static/urcu-ust.h>

#include <stdint.h>

/* Keeps the compiler from moving accesses across; the CPU is kept from it by the writer's membarrier(2). */
static inline void dyntrace_compiler_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

static inline void dyntrace_begin_reading(const struct dyntrace_lttng_thread *thread)
{
	struct lttng_ust_urcu_reader *reader = *thread->reader;

	/* A thread's first time, a hit within an event, a kernel without membarrier: as lttng-ust does it. */
	if (__builtin_expect(!reader || reader->ctr & LTTNG_UST_URCU_GP_CTR_NEST_MASK ||
				     !lttng_ust_urcu_has_sys_membarrier,
			     0)) {
		lttng_ust_tracepoint_dlopen_ptr->rcu_read_lock_sym();
		return;
	}
	__atomic_store_n(&reader->ctr, __atomic_load_n(&lttng_ust_urcu_gp.ctr, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
	dyntrace_compiler_barrier();
}

static inline void dyntrace_end_reading(const struct dyntrace_lttng_thread *thread)
{
	struct lttng_ust_urcu_reader *reader = *thread->reader;

	if (__builtin_expect(!lttng_ust_urcu_has_sys_membarrier, 0)) {
		lttng_ust_tracepoint_dlopen_ptr->rcu_read_unlock_sym();
		return;
	}
	dyntrace_compiler_barrier();
	__atomic_store_n(&reader->ctr, reader->ctr - LTTNG_UST_URCU_GP_COUNT, __ATOMIC_RELAXED);
	dyntrace_compiler_barrier();
}

/* Returns 0, or DYNTRACE_LTTNG_AGAIN when nothing was recorded: more registers must be kept. */
static inline int dyntrace_call_probes(const struct dyntrace_lttng_thread *thread,
				       const struct lttng_ust_tracepoint *event, uint64_t address)
{
	dyntrace_begin_reading(thread);
	/* Who ends the guard waits for those who read since before. */
	if (thread->narrow && !__atomic_load_n(&dyntrace_lttng_guarded, __ATOMIC_RELAXED)) {
		dyntrace_end_reading(thread);
		return DYNTRACE_LTTNG_AGAIN;
	}
	/* An array that ends with an entry without a function; NULL while nobody listens. */
	for (const struct lttng_ust_tracepoint_probe *probe = __atomic_load_n(&event->probes, __ATOMIC_ACQUIRE);
	     probe && probe->func; probe++)
		((void (*)(void *, uint64_t))probe->func)(probe->data, address);
	dyntrace_end_reading(thread);
	return 0;
}

/*
 * For the events whose only argument is an address; the thread must be ready. Returns 0; or, if the thread is narrow,
 * DYNTRACE_LTTNG_AGAIN when nothing was recorded and all registers must be kept.
 */
static inline int dyntrace_emit(struct dyntrace_lttng_thread *thread, const struct lttng_ust_tracepoint *event,
				const struct dyntrace_site *site)
{
	int saved = *thread->error, result;

	thread->locked = (site->flags & DYNTRACE_SITE_LOCKED) != 0;
	thread->inside = 1;
	result = dyntrace_call_probes(thread, event, site->address);
	thread->inside = 0;
	thread->locked = 0;
	*thread->error = saved;
	return result;
}

#endif
