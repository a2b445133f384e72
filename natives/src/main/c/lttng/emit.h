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

#include <stdbool.h>
#include <stdint.h>

#define DYNTRACE_TRAP_FLAG 0x100ULL

/* Keeps the compiler from moving accesses across; the CPU is kept from it by the writer's membarrier(2). */
static inline void dyntrace_compiler_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

/* A thread's first time, a hit within an event, a kernel without membarrier: as lttng-ust does it. */
static inline bool dyntrace_reads_unusually(const struct lttng_ust_urcu_reader *reader)
{
	return __builtin_expect(
		!reader || reader->ctr & LTTNG_UST_URCU_GP_CTR_NEST_MASK || !lttng_ust_urcu_has_sys_membarrier, 0);
}

/* An array that ends with an entry without a function; NULL while nobody listens. */
static inline void dyntrace_call_probes(const struct lttng_ust_tracepoint *event, uint64_t address)
{
	const struct lttng_ust_tracepoint_probe *probe = __atomic_load_n(&event->probes, __ATOMIC_ACQUIRE);

	for (; probe && probe->func; probe++)
		((void (*)(void *, uint64_t))probe->func)(probe->data, address);
}

/* Whether the registers that were kept are enough. Who ends the guard waits for those who read since before. */
static inline bool dyntrace_keeps_enough(bool narrow)
{
	return !narrow || __builtin_expect(__atomic_load_n(&dyntrace_lttng_guarded, __ATOMIC_RELAXED), 1);
}

/*
 * With all signals blocked, as lttng-ust has it while it meets a thread, the kernel ends a program that steps through itself: so not
 * with the trap flag.
 */
static __attribute__((noinline)) int dyntrace_emit_unusually(const struct lttng_ust_tracepoint *event, uint64_t address,
							     bool narrow)
{
	const unsigned long long flags = __builtin_ia32_readeflags_u64();
	bool enough;

	__builtin_ia32_writeeflags_u64(flags & ~DYNTRACE_TRAP_FLAG);
	lttng_ust_tracepoint_dlopen_ptr->rcu_read_lock_sym();
	enough = dyntrace_keeps_enough(narrow);
	if (enough)
		dyntrace_call_probes(event, address);
	lttng_ust_tracepoint_dlopen_ptr->rcu_read_unlock_sym();
	__builtin_ia32_writeeflags_u64(flags);
	return enough ? 0 : DYNTRACE_LTTNG_AGAIN;
}

static inline int dyntrace_emit_usually(struct lttng_ust_urcu_reader *reader, const struct lttng_ust_tracepoint *event,
					uint64_t address, bool narrow)
{
	bool enough;

	__atomic_store_n(&reader->ctr, __atomic_load_n(&lttng_ust_urcu_gp.ctr, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
	dyntrace_compiler_barrier();
	enough = dyntrace_keeps_enough(narrow);
	if (enough)
		dyntrace_call_probes(event, address);
	dyntrace_compiler_barrier();
	__atomic_store_n(&reader->ctr, reader->ctr - LTTNG_UST_URCU_GP_COUNT, __ATOMIC_RELAXED);
	dyntrace_compiler_barrier();
	return enough ? 0 : DYNTRACE_LTTNG_AGAIN;
}

/*
 * For the events whose only argument is an address; the thread must be ready. narrow: only the lower parts of xmm0 to xmm7 have been
 * kept. Returns 0; or, if narrow, DYNTRACE_LTTNG_AGAIN when nothing was recorded and all registers must be kept.
 */
static inline __attribute__((always_inline)) int dyntrace_emit(struct dyntrace_lttng_thread *thread,
							       const struct lttng_ust_tracepoint *event,
							       const struct dyntrace_site *site, bool narrow)
{
	int *error = thread->error;
	struct lttng_ust_urcu_reader *reader = *thread->reader;
	int saved = *error, result;

	thread->state = (char)(LTTNG_INSIDE | (site->flags & LTTNG_LOCKED));
	dyntrace_compiler_barrier();
	result = dyntrace_reads_unusually(reader) ? dyntrace_emit_unusually(event, site->address, narrow)
						  : dyntrace_emit_usually(reader, event, site->address, narrow);
	dyntrace_compiler_barrier();
	thread->state = 0;
	*error = saved;
	return result;
}

#endif
