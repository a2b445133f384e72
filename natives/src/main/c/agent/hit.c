/*
 * What happens at a hit. Compiled without vector registers; calls no library. Everything a thread writes here is its
 * own: no lock, no line that two threads write.
 */
#include "agent.h"
#include "record.h"
#include "sys.h"

#include <sys/mman.h>
#include <sys/prctl.h>

/*
 * lttng-ust's first steps in a thread take the most: some KiB, and 2 for the vector registers. At most what the daemon
 * looks through.
 */
#define TRACER_STACK (64 * 1024)

__thread struct dyntrace_block *dyntrace_current __attribute__((tls_model("initial-exec")));
/* In the midst of our own code there is no other stack to be had. */
struct dyntrace_block dyntrace_junk = {.stack_end = 1};
uint64_t dyntrace_shared_stack[DYNTRACE_SHARED_STACK / 8] __attribute__((aligned(4096)));
uint32_t dyntrace_shared_stack_taken;
/* The agent's own: what it records in the place of threads that can't. */
static struct dyntrace_block own_block;
struct dyntrace_block *dyntrace_blocks[DYNTRACE_BLOCKS] = {&own_block};

/* How many blocks there are beside it, and where to look next for one whose owner is gone. */
static unsigned int block_count, next_look;

bool dyntrace_orphaned(const struct dyntrace_block *block)
{
	uint32_t owner = __atomic_load_n(&block->owner, __ATOMIC_ACQUIRE);

	return owner == 0 || sys3(SYS_tgkill, sys3(SYS_getpid, 0, 0, 0), owner, 0) == -3 /* ESRCH */;
}

/* Whether the calling thread is one of lttng-ust's, which exist only because of us: it names them "…-ust". */
static bool belongs_to_lttng(void)
{
	char name[16] = "";
	size_t length = 0;

	sys3(SYS_prctl, PR_GET_NAME, (long)name, 0);
	while (length < sizeof(name) && name[length])
		length++;
	return length > 4 && name[length - 4] == '-' && name[length - 3] == 'u' && name[length - 2] == 's' &&
	       name[length - 1] == 't';
}

static struct dyntrace_block *adopt(uint32_t tid)
{
	unsigned int count = __atomic_load_n(&block_count, __ATOMIC_ACQUIRE);

	if (count > DYNTRACE_BLOCKS - 1)
		count = DYNTRACE_BLOCKS - 1;
	/* A few at a time: bounded work for this thread, and all blocks get their turn. */
	for (unsigned int look = 0; look < 8 && look < count; look++) {
		unsigned int at = 1 + __atomic_fetch_add(&next_look, 1, __ATOMIC_RELAXED) % count;
		struct dyntrace_block *block = __atomic_load_n(&dyntrace_blocks[at], __ATOMIC_ACQUIRE);
		uint32_t owner;

		if (!block)
			continue;
		owner = __atomic_load_n(&block->owner, __ATOMIC_ACQUIRE);
		if ((owner == tid || dyntrace_orphaned(block)) &&
		    __atomic_compare_exchange_n(&block->owner, &owner, tid, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return block;
	}
	return NULL;
}

struct dyntrace_block *dyntrace_claim_first(void)
{
	struct dyntrace_block *block;
	uint32_t tid;

	/* Nothing below may be entered again from a signal handler's hit. */
	dyntrace_current = &dyntrace_junk;
	if (__atomic_load_n(&dyntrace_lttng_ours, __ATOMIC_ACQUIRE) && belongs_to_lttng())
		return &dyntrace_junk;
	tid = (uint32_t)sys3(SYS_gettid, 0, 0, 0);
	block = adopt(tid);
	if (block) {
		dyntrace_frames_drop(block);
		block->in_tracer = 0;
		block->stack = block->stack_end;
	} else if (__atomic_load_n(&block_count, __ATOMIC_RELAXED) < DYNTRACE_BLOCKS - 1) {
		long memory = sys6(SYS_mmap, 0, sizeof(*block), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		unsigned int at;

		if (memory < 0 && memory > -4096)
			return &dyntrace_junk;
		block = (struct dyntrace_block *)memory;
		block->owner = tid;
		at = 1 + __atomic_fetch_add(&block_count, 1, __ATOMIC_ACQ_REL);
		if (at >= DYNTRACE_BLOCKS) {
			sys3(SYS_munmap, memory, sizeof(*block), 0);
			return &dyntrace_junk;
		}
		__atomic_store_n(&dyntrace_blocks[at], block, __ATOMIC_RELEASE);
	} else {
		return &dyntrace_junk;
	}
	block->home_low = 0;
	block->home_high = 0;
	dyntrace_current = block;
	return block;
}

void dyntrace_blocks_release(void)
{
	unsigned int count = 1;

	while (count < DYNTRACE_BLOCKS && dyntrace_blocks[count])
		count++;
	/* From the end: a child that is forked meanwhile goes through them up to the first that is none. */
	while (count-- > 1) {
		struct dyntrace_block *block = dyntrace_blocks[count];

		__atomic_store_n(&dyntrace_blocks[count], NULL, __ATOMIC_RELEASE);
		if (block->stack_end)
			sys3(SYS_munmap, (long)(block->stack_end - TRACER_STACK), TRACER_STACK, 0);
		sys3(SYS_munmap, (long)block, sizeof(*block), 0);
	}
	block_count = 0;
}

/* Its lowest page stays out of reach: who needs more than there is is stopped there, and not in the program's memory. */
static void give_stack(struct dyntrace_block *block)
{
	long memory = sys6(SYS_mmap, 0, TRACER_STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t *end;

	if ((memory < 0 && memory > -4096) || sys3(SYS_mprotect, memory, 4096, PROT_NONE))
		return;
	end = (uint64_t *)(memory + TRACER_STACK);
	end[-2] = DYNTRACE_STACK_MAGIC;
	block->stack_end = (uint64_t)end;
	block->stack = (uint64_t)end;
}

struct dyntrace_block *dyntrace_claim_small(struct dyntrace_block *before)
{
	struct dyntrace_block *block = before ? before : dyntrace_claim_first();

	if (block == &dyntrace_junk)
		return block;
	dyntrace_current = &dyntrace_junk;
	if (!block->stack_end)
		give_stack(block);
	__asm__ volatile("" : : : "memory");
	dyntrace_current = block;
	return block;
}

/* For dyntrace_claim_thunk. */
struct dyntrace_block *dyntrace_claimed(void)
{
	return dyntrace_claim();
}

void dyntrace_hit(const struct dyntrace_site *site)
{
	struct dyntrace_block *block = dyntrace_claim();

	if (block == &dyntrace_junk || (site->flags & DYNTRACE_SITE_DEAD))
		return;
	dyntrace_count(block, site->counter);
	dyntrace_record(block, site, DYNTRACE_HIT);
}
