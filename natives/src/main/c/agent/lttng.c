/* Brings in the lttng tracer, a library of its own, when it is first used. */
#include "agent.h"
#include "sys.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <time.h>

#define LOADING 0x80000000U
/* lttng-ust's constructor waits up to 3 seconds for a session daemon that doesn't answer. */
#define LOADING_MILLISECONDS 4000
#define FORKING_MILLISECONDS 10000

bool dyntrace_lttng_ours;

/*
 * How many threads are in the midst of a fork, or LOADING: a child that is made while lttng-ust's constructors run would have
 * its locks as they are held there, and stand still in its destructors.
 */
static uint32_t forking;
static __thread bool counted, told __attribute__((tls_model("initial-exec")));

static void (*info)(const char *, const char *, const char *, uint64_t);
static void (*before_fork)(void);
static void (*after_fork)(int);

/* Waits until nobody is where the two exclude each other; bounded. */
static bool change(uint32_t by, uint32_t excluded, int milliseconds)
{
	const struct timespec slice = {.tv_nsec = 1000000};

	for (int i = 0; i <= milliseconds; i++) {
		uint32_t seen = __atomic_load_n(&forking, __ATOMIC_ACQUIRE);

		while (!(seen & excluded))
			if (__atomic_compare_exchange_n(&forking, &seen, seen + by, false, __ATOMIC_ACQ_REL,
							__ATOMIC_ACQUIRE))
				return true;
		sys3(SYS_nanosleep, (long)&slice, 0, 0);
	}
	return false;
}

static int load(const char *path, char *message, size_t size)
{
	void *library;
	void *tracer, *probes;

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

int dyntrace_lttng_load(const char *path, char *message, size_t size)
{
	int error;

	if (dyntrace_anchor.lttng_tracer)
		return 0;
	if (!change(LOADING, ~0U, FORKING_MILLISECONDS)) {
		snprintf(message, size, "the program forks all the time");
		return EBUSY;
	}
	error = load(path, message, size);
	__atomic_fetch_sub(&forking, LOADING, __ATOMIC_ACQ_REL);
	return error;
}

void dyntrace_lttng_info(const char *name, const char *symbol, const char *module, uint64_t address)
{
	if (info)
		info(name, symbol, module, address);
}

void dyntrace_lttng_before_fork(void)
{
	counted = change(1, LOADING, LOADING_MILLISECONDS);
	told = before_fork != NULL;
	if (told)
		before_fork();
}

void dyntrace_lttng_after_fork(bool child)
{
	if (told)
		after_fork(child);
	if (child)
		__atomic_store_n(&forking, 0, __ATOMIC_RELEASE);
	else if (counted)
		__atomic_fetch_sub(&forking, 1, __ATOMIC_ACQ_REL);
}
