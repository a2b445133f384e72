/*
 * Tracepoints that wait for a library: while there are some, the daemon has a tracepoint of its own on _dl_debug_state, the
 * function that the loader calls for debuggers when it has mapped libraries and none of their code has run yet (link.h,
 * r_brk). Its tracer is here. It lets the thread that loads wait until the daemon has placed what waited, so that the
 * first call is a hit; not for long, and not at all without a daemon.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "sys.h"

#include <dlfcn.h>
#include <link.h>
#include <time.h>

/* The longest that loading is held up. */
#define MILLISECONDS 500

static const struct r_debug *debug;

void dyntrace_loads_begin(void)
{
	/* By name: linked, it would bring the loader's own name into our list of libraries, which other systems call otherwise. */
	debug = dlsym(RTLD_DEFAULT, "_r_debug");
}

int dyntrace_loaded(const struct dyntrace_site *site, enum dyntrace_event event)
{
	const struct timespec slice = {.tv_nsec = 1000000};
	uint32_t number;

	(void)site;
	(void)event;
	/* It is called before, too. Loads into other namespaces don't change this one's state: they are told twice. */
	if (debug && debug->r_state != RT_CONSISTENT)
		return 0;
	number = __atomic_add_fetch(&dyntrace_anchor.loads, 1, __ATOMIC_ACQ_REL);
	if (!dyntrace_link_loaded())
		return 0;
	for (int i = 0; i < MILLISECONDS; i++) {
		/* Written by the daemon, from outside. */
		uint32_t seen = __atomic_load_n(&dyntrace_anchor.loads_seen, __ATOMIC_ACQUIRE);

		if ((int32_t)(seen - number) >= 0)
			break;
		sys3(SYS_nanosleep, (long)&slice, 0, 0);
	}
	return 0;
}
