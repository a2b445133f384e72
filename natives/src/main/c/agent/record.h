/* What each hit does with its thread's block; in place, for calls would be a part of what a hit costs. */
#ifndef DYNTRACE_RECORD_H
#define DYNTRACE_RECORD_H

#include "agent.h"

/* The calling thread's block, made or taken over at its first hit; dyntrace_junk when there is none to be had. */
static inline struct dyntrace_block *dyntrace_claim(void)
{
	struct dyntrace_block *block = dyntrace_current;

	return block ? block : dyntrace_claim_first();
}

/* One instruction, so that a signal handler that hits the same tracepoint in between loses nothing. */
static inline void dyntrace_count(struct dyntrace_block *block, uint32_t counter)
{
	__asm__ volatile("incq %0" : "+m"(block->counters[counter]) : : "cc");
}

/* Tells the site's tracer. Hits inside the tracer find dyntrace_junk and go by. */
static inline void dyntrace_record(struct dyntrace_block *block, const struct dyntrace_site *site,
				   enum dyntrace_event event)
{
	int lost;

	if (!site->tracer)
		return;
	block->in_tracer = 1;
	dyntrace_current = &dyntrace_junk;
	/* Only the order against this thread's own signal handlers matters. */
	__asm__ volatile("" : : : "memory");
	lost = (site->flags & DYNTRACE_SITE_VECTOR) ? dyntrace_call_vector(site->tracer, site, event)
						    : site->tracer(site, event);
	__asm__ volatile("" : : : "memory");
	dyntrace_current = block;
	block->in_tracer = 0;
	if (lost)
		dyntrace_count(block, site->counter + 2);
}

#endif
