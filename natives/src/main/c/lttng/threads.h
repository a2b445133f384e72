/* What lttng-ust keeps for each thread that hits, held by us: see threads.c. */
#ifndef DYNTRACE_LTTNG_THREADS_H
#define DYNTRACE_LTTNG_THREADS_H

/* lttng-ust's libraries are told apart by their module numbers, modulo this. */
#define DYNTRACE_LTTNG_MODULES 8

/* For calls_entries.S: where "state" is, and its bit for a thread in lttng-ust, called by us. */
#define LTTNG_STATE 75
#define LTTNG_INSIDE 1
/* The hit is in code that may hold the allocator's lock: DYNTRACE_SITE_LOCKED. */
#define LTTNG_LOCKED 4

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stddef.h>

struct lttng_ust_urcu_reader;

struct dyntrace_lttng_thread {
	/* The variables of lttng-ust's libraries in the room, by module number. */
	char *variables[DYNTRACE_LTTNG_MODULES];
	char *room;    /* its lttng-ust state, NULL if that is where the loader puts it */
	char ready;    /* lttng-ust can be called without allocating */
	char foreign;  /* lttng-ust has met it on a way of its own: its state stays where it is */
	char deferred; /* pthread keys wait to be set */
	char state;    /* LTTNG_… while one of our calls is under way, or 0 */
	char narrow;   /* only the lower parts of xmm0 to xmm7 need to be kept: ready, in a room, nothing deferred */
	/* When it is ready: where its errno is, and where its part in lttng-ust's RCU. */
	int *error;
	struct lttng_ust_urcu_reader **reader;
};

_Static_assert(offsetof(struct dyntrace_lttng_thread, state) == LTTNG_STATE, "calls_entries.S");

extern __thread struct dyntrace_lttng_thread dyntrace_lttng_thread
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Makes the calling thread ready; false when that would allocate, and it must not here. */
bool dyntrace_lttng_prepare(void);
/* Does what had to wait; only outside of locked code. */
void dyntrace_lttng_catch_up(void);
/* To be called in a forked child by the thread that lives on. */
void dyntrace_lttng_adopt(void);

#endif
#endif
