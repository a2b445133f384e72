/*
 * The agent's beginning and what it does when the program forks or ends. Loaded by linking, LD_PRELOAD or injection:
 * the constructor is the only entrance.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "sys.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int dyntrace_agent_start(const char *rundir);

struct dyntrace_anchor dyntrace_anchor = {
	.magic = "DYNTRACE",
	.layout = DYNTRACE_LAYOUT,
	.size = sizeof(struct dyntrace_anchor),
};

static void before_fork(void)
{
	struct dyntrace_block *block = dyntrace_current;

	dyntrace_current = &dyntrace_junk;
	dyntrace_lttng_before_fork();
	dyntrace_current = block;
}

static void after_fork_parent(void)
{
	struct dyntrace_block *block = dyntrace_current;

	dyntrace_current = &dyntrace_junk;
	dyntrace_lttng_after_fork(false);
	dyntrace_current = block;
}

/* The child is a process of its own: its counts begin at 0, and it has a thread and a link of its own. */
static void after_fork_child(void)
{
	struct dyntrace_block *block = dyntrace_current;
	bool had_thread;

	dyntrace_current = &dyntrace_junk;
	for (int i = 0; i < DYNTRACE_BLOCKS && dyntrace_blocks[i]; i++) {
		struct dyntrace_block *each = dyntrace_blocks[i];

		memset(each->counters, 0, sizeof(each->counters));
		each->in_tracer = 0;
		if (each == block) {
			each->owner = (uint32_t)gettid();
		} else {
			/* Threads that only the parent has; their frames never return here, and say nothing. */
			each->owner = 0;
			dyntrace_frames_forget(each);
		}
	}
	had_thread = dyntrace_link_forked();
	dyntrace_lttng_after_fork(true);
	if (had_thread)
		dyntrace_link_start();
	dyntrace_current = block;
}

__attribute__((constructor)) static void begin(void)
{
	dyntrace_current = &dyntrace_junk;
	dyntrace_vector_detect();
	dyntrace_frames_reserve();
	dyntrace_loads_begin();
	dyntrace_anchor.blocks = (uint64_t)dyntrace_blocks;
	dyntrace_anchor.block_tls = (char *)&dyntrace_current - (char *)__builtin_thread_pointer();
	dyntrace_anchor.claim = (uint64_t)dyntrace_claim_thunk;
	dyntrace_anchor.hit = (uint64_t)dyntrace_hit_thunk;
	dyntrace_anchor.enter = (uint64_t)dyntrace_enter_thunk;
	dyntrace_anchor.log_tracer = (uint64_t)dyntrace_log;
	dyntrace_anchor.claim_small = (uint64_t)dyntrace_claim_small_thunk;
	dyntrace_anchor.hit_small = (uint64_t)dyntrace_hit_small_thunk;
	dyntrace_shared_stack[DYNTRACE_SHARED_STACK / 8 - 2] = DYNTRACE_STACK_MAGIC;
	dyntrace_anchor.stubs = (uint64_t)dyntrace_stubs;
	dyntrace_anchor.loads_tracer = (uint64_t)dyntrace_loaded;
	if (!pthread_atfork(before_fork, after_fork_parent, after_fork_child))
		dyntrace_link_start();
	dyntrace_current = NULL;
}

/*
 * Called by the injector behind dlopen: the run directory of the daemon that wants this agent. Returns 0 or an error
 * number.
 */
int dyntrace_agent_start(const char *rundir)
{
	struct dyntrace_block *block = dyntrace_current;
	int error;

	dyntrace_current = &dyntrace_junk;
	dyntrace_link_loaded_again();
	error = dyntrace_link_rundir(rundir);
	/* It may have left before. */
	if (!error)
		error = dyntrace_link_start();
	dyntrace_current = block;
	return error;
}

/* The program ends by exit(): the frames that longjmp left behind in this thread and others have their exits yet. */
__attribute__((destructor)) static void finish(void)
{
	dyntrace_frames_unwind((uint64_t)__builtin_frame_address(0));
	dyntrace_frames_reap();
}
