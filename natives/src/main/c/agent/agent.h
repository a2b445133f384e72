/* The agent's own parts, seen from each other. Nothing here is visible to the target. */
#ifndef DYNTRACE_AGENT_H
#define DYNTRACE_AGENT_H

#include "layout.h"
#include "vector.h"

#include <stdbool.h>
#include <stddef.h>

/* thunks.S: what trampolines and stubs jump to. */
extern char dyntrace_claim_small_thunk[], dyntrace_hit_small_thunk[];
extern char dyntrace_claim_thunk[], dyntrace_hit_thunk[], dyntrace_enter_thunk[], dyntrace_leave_thunk[];
extern const char dyntrace_stub_page[DYNTRACE_FRAME_PAGE];
/* A symbol that sorts before __morestack: see thunks.S. */
extern char dyntrace_stubs[DYNTRACE_FRAME_REGION] __asm__("__dyntrace_stubs");
extern char dyntrace_slots[DYNTRACE_FRAME_REGION];
extern struct dyntrace_anchor dyntrace_anchor;

/*
 * The calling thread's block. NULL before its first hit; &dyntrace_junk while it runs our own code, so that a
 * tracepoint met there counts nothing and calls nothing.
 */
extern __thread struct dyntrace_block *dyntrace_current;
extern struct dyntrace_block dyntrace_junk;
extern struct dyntrace_block *dyntrace_blocks[DYNTRACE_BLOCKS];

/* hit.c */
/* A thread's block at its first hit, made or taken over; dyntrace_junk when there is none to be had. */
struct dyntrace_block *dyntrace_claim_first(void);
struct dyntrace_block *dyntrace_claimed(void);
/*
 * The same, with a stack for its tracers: its own is too small. Runs on dyntrace_shared_stack. before: what the thunk has found in
 * dyntrace_current and replaced by &dyntrace_junk.
 */
struct dyntrace_block *dyntrace_claim_small(struct dyntrace_block *before);
/* Nobody's: for threads that have none yet, one after the other. */
extern uint64_t dyntrace_shared_stack[DYNTRACE_SHARED_STACK / 8];
extern uint32_t dyntrace_shared_stack_taken;
void dyntrace_hit(const struct dyntrace_site *site);
/* Gives all blocks back; no thread has one any more. */
void dyntrace_blocks_release(void);
/* Whether the thread that owns a block is gone. */
bool dyntrace_orphaned(const struct dyntrace_block *block);

/* frames.c */
void dyntrace_frames_reserve(void);
/* Gives all stubs and slots back; none is in use any more. */
void dyntrace_frames_release(void);
uint64_t dyntrace_enter(const struct dyntrace_site *site, uint64_t *stack);
uint64_t dyntrace_leave(struct dyntrace_slot *slot);
/* Ends all frames of a block whose thread is gone. */
void dyntrace_frames_drop(struct dyntrace_block *block);
/* Forgets all frames of a block: they are another process's. */
void dyntrace_frames_forget(struct dyntrace_block *block);
/* Ends the frames that the daemon marked as abandoned, and those of threads that are gone. */
void dyntrace_frames_reap(void);
/* Ends the calling thread's frames below a stack address. */
void dyntrace_frames_unwind(uint64_t stack);

/* log.c */
int dyntrace_log(const struct dyntrace_site *site, enum dyntrace_event event);

/* link.c */
#define DYNTRACE_RUNDIR_MAX 200
/* Starts the agent's thread, if there is none. Returns 0 or an error number. */
int dyntrace_link_start(void);
/* Puts the link out of use in a child that inherited it. Returns whether the parent's agent had a thread. */
bool dyntrace_link_forked(void);
/* An injector has loaded this library (again): dlclose has to be called once more for that. */
void dyntrace_link_loaded_again(void);
/* A run directory to look for the daemon in before the usual ones. Returns 0 or ENAMETOOLONG. */
int dyntrace_link_rundir(const char *rundir);
/* Tells the daemon, if there is one, that libraries have been loaded. Never waits for the daemon. Returns whether it was told. */
bool dyntrace_link_loaded(void);

/* loads.c */
void dyntrace_loads_begin(void);
/* A tracer, for _dl_debug_state. */
int dyntrace_loaded(const struct dyntrace_site *site, enum dyntrace_event event);

/* lttng.c */
/* Whether lttng-ust's threads, if there are any, come from us: true from just before they are made. */
extern bool dyntrace_lttng_ours;
/* Loads the lttng tracer; what the loader says goes into message. Returns 0 or an error number. */
int dyntrace_lttng_load(const char *path, char *message, size_t size);
void dyntrace_lttng_info(const char *name, const char *symbol, const char *module, uint64_t address);
void dyntrace_lttng_before_fork(void);
void dyntrace_lttng_after_fork(bool child);

#endif
