/* Brings in the lttng tracer, a library of its own, when it is first used. */
#include "agent.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

bool dyntrace_lttng_ours;

static void (*info)(const char *, const char *, const char *, uint64_t);
static void (*before_fork)(void);
static void (*after_fork)(int);

int dyntrace_lttng_load(const char *path, char *message, size_t size)
{
	void *library;
	void *tracer, *probes;

	if (dyntrace_anchor.lttng_tracer)
		return 0;
	__atomic_store_n(&dyntrace_lttng_ours, true, __ATOMIC_RELEASE);
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!library) {
		const char *why = dlerror();

		snprintf(message, size, "%s", why ? why : path);
		return ENOENT;
	}
	*(void **)&info = dlsym(library, "dyntrace_lttng_info");
	*(void **)&before_fork = dlsym(library, "dyntrace_lttng_before_fork");
	*(void **)&after_fork = dlsym(library, "dyntrace_lttng_after_fork");
	tracer = dlsym(library, "dyntrace_lttng_hit");
	probes = dlsym(library, "dyntrace_lttng_probes");
	if (!info || !before_fork || !after_fork || !tracer || !probes) {
		snprintf(message, size, "%s is of another version", path);
		return EINVAL;
	}
	dyntrace_anchor.lttng_probes = (uint64_t)((void *(*)(void))probes)();
	dyntrace_anchor.lttng_tracer = (uint64_t)tracer;
	return 0;
}

void dyntrace_lttng_info(const char *name, const char *symbol, const char *module, uint64_t address)
{
	if (info)
		info(name, symbol, module, address);
}

void dyntrace_lttng_before_fork(void)
{
	if (before_fork)
		before_fork();
}

void dyntrace_lttng_after_fork(bool child)
{
	if (after_fork)
		after_fork(child);
}
