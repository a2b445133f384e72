/*
 * Entry and exit: a shadow stack for each thread. The return address of a traced function is kept in a slot, and the
 * slot's own stub calls the function, so that it returns into the stub: the CPU's return predictor stays right, and
 * one FDE over all stubs lets unwinders find the caller (thunks.S).
 *
 * A slot is found stale by its stack address: a frame that lies below where its thread now enters or leaves a function
 * is gone (longjmp, exception, thread exit); its exit is recorded then. That holds on one stack only, so frames on
 * another stack than the thread's own (signal stacks, coroutines) stay until they return.
 */
#include "agent.h"
#include "record.h"
#include "sys.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>

#define SLOTS (DYNTRACE_FRAME_PAGE / DYNTRACE_FRAME_SIZE)

/* Pages of the region in use, and whether the region is there. */
static unsigned int pages_used;
static bool reserved;

void dyntrace_frames_reserve(void)
{
	/* Costs nothing until frames are needed: not even counted as memory that may be wanted. */
	reserved = sys6(SYS_mmap, (long)dyntrace_stubs, 2L * DYNTRACE_FRAME_REGION, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == (long)dyntrace_stubs;
}

void dyntrace_frames_release(void)
{
	for (int i = 0; i < DYNTRACE_BLOCKS && dyntrace_blocks[i]; i++) {
		dyntrace_blocks[i]->top = NULL;
		dyntrace_blocks[i]->first = NULL;
	}
	dyntrace_frames_reserve();
	pages_used = 0;
}

static struct dyntrace_slot_page *page_of(const struct dyntrace_slot *slot)
{
	return (struct dyntrace_slot_page *)((uintptr_t)slot & ~(uintptr_t)(DYNTRACE_FRAME_PAGE - 1));
}

static uint64_t stub_of(const struct dyntrace_slot *slot)
{
	return (uint64_t)slot - DYNTRACE_FRAME_REGION;
}

/* Where the function called by a slot's stub returns to: behind the stub's 6-byte call. */
static uint64_t return_of(const struct dyntrace_slot *slot)
{
	return stub_of(slot) + 6;
}

static __attribute__((noinline)) struct dyntrace_slot_page *new_page(void)
{
	unsigned int at;
	char *stubs;
	struct dyntrace_slot *slots;
	struct dyntrace_slot_page *page;
	const char *from = dyntrace_stub_page;
	void *to;
	long count = DYNTRACE_FRAME_PAGE;

	if (!reserved || __atomic_load_n(&pages_used, __ATOMIC_RELAXED) >= DYNTRACE_FRAME_REGION / DYNTRACE_FRAME_PAGE)
		return NULL;
	at = __atomic_fetch_add(&pages_used, 1, __ATOMIC_RELAXED);
	if (at >= DYNTRACE_FRAME_REGION / DYNTRACE_FRAME_PAGE)
		return NULL;
	stubs = dyntrace_stubs + (size_t)at * DYNTRACE_FRAME_PAGE;
	slots = (struct dyntrace_slot *)(void *)(dyntrace_slots + (size_t)at * DYNTRACE_FRAME_PAGE);
	if (sys3(SYS_mprotect, (long)stubs, DYNTRACE_FRAME_PAGE, PROT_READ | PROT_WRITE) ||
	    sys3(SYS_mprotect, (long)slots, DYNTRACE_FRAME_PAGE, PROT_READ | PROT_WRITE))
		return NULL;
	to = stubs;
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	if (sys3(SYS_mprotect, (long)stubs, DYNTRACE_FRAME_PAGE, PROT_READ | PROT_EXEC))
		return NULL;
	for (int i = 1; i < SLOTS; i++)
		slots[i].stack = DYNTRACE_SLOT_FREE;
	page = (struct dyntrace_slot_page *)slots;
	page->leave = (uint64_t)dyntrace_leave_thunk;
	return page;
}

static struct dyntrace_slot *slot_below(struct dyntrace_slot *slot)
{
	struct dyntrace_slot_page *page = page_of(slot);

	if (slot - 1 != (struct dyntrace_slot *)page)
		return slot - 1;
	return page->below ? (struct dyntrace_slot *)page->below + SLOTS - 1 : NULL;
}

static __attribute__((noinline)) struct dyntrace_slot *slot_in_next_page(struct dyntrace_block *block)
{
	struct dyntrace_slot_page *page;

	if (!block->top) {
		block->first = new_page();
		return block->first ? (struct dyntrace_slot *)block->first + 1 : NULL;
	}
	page = page_of(block->top);
	if (!page->above) {
		struct dyntrace_slot_page *fresh = new_page();

		if (!fresh)
			return NULL;
		fresh->below = page;
		page->above = fresh;
	}
	return (struct dyntrace_slot *)page->above + 1;
}

static struct dyntrace_slot *slot_above(struct dyntrace_block *block)
{
	struct dyntrace_slot *top = block->top;

	if (!top && block->first)
		return (struct dyntrace_slot *)block->first + 1;
	if (top && top + 1 != (struct dyntrace_slot *)page_of(top) + SLOTS)
		return top + 1;
	return slot_in_next_page(block);
}

/* Frees a slot; true for the one who freed it, if several threads try. */
static bool end(struct dyntrace_slot *slot, uint64_t stack)
{
	return __atomic_compare_exchange_n(&slot->stack, &stack, DYNTRACE_SLOT_FREE, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/*
 * The same for the thread that owns the slot. Only the daemon may mark the slot meanwhile, with this thread stopped, and only a
 * marked slot is anybody else's to free: so one instruction does it, without a lock.
 */
static bool end_own(struct dyntrace_slot *slot, uint64_t stack)
{
	bool ended;

	if (__builtin_expect(stack == DYNTRACE_SLOT_ABANDONED, 0))
		return end(slot, stack);
	__asm__ volatile("cmpxchgq %3, %1"
			 : "=@ccz"(ended), "+m"(slot->stack), "+a"(stack)
			 : "r"(DYNTRACE_SLOT_FREE)
			 : "memory");
	return ended;
}

/* In place, like pop: a call would be a part of each exit. */
static inline __attribute__((always_inline)) void record_exit(struct dyntrace_block *block,
							      const struct dyntrace_site *site)
{
	if (!site || (site->flags & DYNTRACE_SITE_DEAD))
		return;
	dyntrace_count(block, site->counter + 1);
	dyntrace_record(block, site, DYNTRACE_EXIT);
}

/* Reads a number in hex; stops at the first other character. */
static const char *hex(const char *at, const char *limit, uint64_t *value)
{
	*value = 0;
	for (; at < limit; at++) {
		if (*at >= '0' && *at <= '9')
			*value = *value * 16 + (uint64_t)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			*value = *value * 16 + (uint64_t)(*at - 'a' + 10);
		else
			break;
	}
	return at;
}

/* Whether a line of /proc/self/maps is the one that holds an address, or for address 0 the main thread's stack. */
static bool find_in(struct dyntrace_block *block, const char *line, const char *stop, uint64_t address)
{
	uint64_t low, high;
	const char *dash = hex(line, stop, &low);
	const char *name = stop;

	hex(dash + 1, stop, &high);
	while (name > line && *name != '[')
		name--;
	name = stop - name >= 6 && name[0] == '[' ? name : "[?]";
	if (address == 0) {
		if (name[1] != 's' || name[2] != 't' || name[3] != 'a')
			return false;
		/* It grows into the room below it. */
		block->home_low = low > (1UL << 30) ? low - (1UL << 30) : 0;
		block->home_high = high;
		return true;
	}
	if (address < low || address >= high)
		return false;
	/* A stack that the program took from the heap may have other stacks beside it: no home then. */
	if (name[1] != 'h') {
		block->home_low = low;
		block->home_high = address;
	}
	return true;
}

/*
 * Where the calling thread's own stack lies: for the main thread [stack]; for others, the mapping that holds the
 * thread's control block, which glibc puts at the stack's end. From the kernel's list, which is right for every kind
 * of thread and asks for no lock of libc.
 */
static void find_home(struct dyntrace_block *block)
{
	char buffer[512];
	uint64_t address =
		sys3(SYS_gettid, 0, 0, 0) == sys3(SYS_getpid, 0, 0, 0) ? 0 : (uint64_t)__builtin_thread_pointer();
	long fd = sys4(SYS_openat, AT_FDCWD, (long)"/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
	size_t used = 0;
	bool rest = false; /* inside the rest of a line already looked at */
	long got;

	block->home_low = 1;
	block->home_high = 1;
	if (fd < 0)
		return;
	while ((got = sys3(SYS_read, fd, (long)(buffer + used), (long)(sizeof(buffer) - used))) > 0) {
		const char *line = buffer, *limit = buffer + used + got;

		while (line < limit) {
			const char *stop = line;
			bool whole, enough;

			while (stop < limit && *stop != '\n')
				stop++;
			whole = stop < limit;
			/* Only a line with a long path is cut, and a stack has none. */
			enough = whole || limit - line > 200;
			if (!rest && enough && find_in(block, line, stop, address))
				goto out;
			if (!whole && !rest && !enough)
				break;
			rest = !whole;
			line = whole ? stop + 1 : stop;
		}
		used = (size_t)(limit - line);
		for (size_t i = 0; i < used; i++)
			buffer[i] = line[i];
	}
out:
	sys3(SYS_close, fd, 0, 0);
}

static bool at_home(const struct dyntrace_block *block, uint64_t stack)
{
	return stack >= block->home_low && stack < block->home_high;
}

static bool on_signal_stack(uint64_t stack)
{
	stack_t signal_stack;

	if (sys3(SYS_sigaltstack, 0, (long)&signal_stack, 0))
		return false;
	return stack - (uint64_t)signal_stack.ss_sp < signal_stack.ss_size;
}

static bool unused(const struct dyntrace_slot *slot)
{
	return slot->stack == DYNTRACE_SLOT_FREE || slot->stack == DYNTRACE_SLOT_ABANDONED;
}

/* Whether a frame can't be there any more, seen from a function that was entered or left at a stack address. */
static bool stale(const struct dyntrace_block *block, const struct dyntrace_slot *slot, const uint64_t *stack)
{
	uint64_t here = (uint64_t)stack;

	if (unused(slot))
		return true;
	if (slot->stack == here)
		return *stack != return_of(slot);
	if (!at_home(block, here))
		return false;
	if (at_home(block, slot->stack))
		return slot->stack < here;
	/* A signal handler that ran on its own stack and was left by siglongjmp. */
	return on_signal_stack(slot->stack);
}

/* The way of most returns: in place. */
static inline __attribute__((always_inline)) void pop(struct dyntrace_block *block, struct dyntrace_slot *slot)
{
	uint64_t stack = slot->stack;
	const struct dyntrace_site *site = slot->site;
	bool ours = stack != DYNTRACE_SLOT_FREE && end_own(slot, stack);

	block->top = slot_below(slot);
	if (ours)
		record_exit(block, site);
}

/* Not in place, as all that happens seldom: what is needed for it alone would be kept and put back at each entry and exit. */
static __attribute__((noinline)) void pop_stale(struct dyntrace_block *block, const uint64_t *stack)
{
	while (block->top && stale(block, block->top, stack))
		pop(block, block->top);
}

/*
 * A traced function was entered; its return address lies at stack. Returns the stub to go on with, or 0 to go on
 * without (inside a tracer, or no room: then neither entry nor exit is recorded).
 */
uint64_t dyntrace_enter(const struct dyntrace_site *site, uint64_t *stack)
{
	struct dyntrace_block *block = dyntrace_claim();
	struct dyntrace_slot *slot;

	if (block == &dyntrace_junk || (site->flags & DYNTRACE_SITE_DEAD))
		return 0;
	if (!block->home_high)
		find_home(block);
	if (block->top)
		pop_stale(block, stack);
	slot = slot_above(block);
	if (!slot) {
		dyntrace_count(block, site->counter + 2);
		return 0;
	}
	/*
	 * A signal handler's hit may come between any two of these steps and take the slot as long as it is not both
	 * topmost and in use; it has given it back when it returns. So take it until both hold at once, then fill it.
	 */
	do {
		__atomic_store_n(&block->top, slot, __ATOMIC_RELAXED);
		__asm__ volatile("" : : : "memory");
		slot->site = NULL;
		__atomic_store_n(&slot->stack, (uint64_t)stack, __ATOMIC_RELAXED);
		__asm__ volatile("" : : : "memory");
	} while (__atomic_load_n(&block->top, __ATOMIC_RELAXED) != slot ||
		 __atomic_load_n(&slot->stack, __ATOMIC_RELAXED) != (uint64_t)stack);
	slot->caller = *stack;
	slot->target = site->target;
	slot->site = site;
	dyntrace_count(block, site->counter);
	dyntrace_record(block, site, DYNTRACE_ENTRY);
	return stub_of(slot);
}

/* As dyntrace_leave, for a frame that is not its thread's youngest, or whose thread is inside a tracer. */
static __attribute__((noinline)) uint64_t leave_other(struct dyntrace_block *block, struct dyntrace_slot *slot)
{
	uint64_t caller = slot->caller;
	uint64_t stack = slot->stack;
	const struct dyntrace_site *site = slot->site;

	if (block == &dyntrace_junk) {
		end(slot, stack);
		return caller;
	}
	while (block->top && block->top != slot &&
	       (unused(block->top) ||
		(at_home(block, stack) && at_home(block, block->top->stack) && block->top->stack < stack)))
		pop(block, block->top);
	if (block->top == slot)
		pop(block, slot);
	else if (end(slot, stack)) /* a frame of another stack than the youngest one's, or of another thread */
		record_exit(block, site);
	return caller;
}

/* A traced function returned. Returns where its caller goes on. */
uint64_t dyntrace_leave(struct dyntrace_slot *slot)
{
	struct dyntrace_block *block = dyntrace_claim();
	uint64_t caller;

	if (block->top != slot)
		return leave_other(block, slot);
	caller = slot->caller;
	pop(block, slot);
	return caller;
}

void dyntrace_frames_drop(struct dyntrace_block *block)
{
	while (block->top)
		pop(block, block->top);
}

void dyntrace_frames_forget(struct dyntrace_block *block)
{
	for (; block->top; block->top = slot_below(block->top))
		block->top->stack = DYNTRACE_SLOT_FREE;
}

void dyntrace_frames_unwind(uint64_t stack)
{
	struct dyntrace_block *block = dyntrace_current;

	if (!block || block == &dyntrace_junk)
		return;
	while (block->top && (unused(block->top) || (at_home(block, block->top->stack) && block->top->stack < stack)))
		pop(block, block->top);
}

/* A frame that the daemon, with all threads stopped, saw below its thread's stack pointer. */
static void reap(struct dyntrace_slot *slot)
{
	const struct dyntrace_site *site = slot->site;

	if (slot->stack != DYNTRACE_SLOT_ABANDONED || !site || !end(slot, DYNTRACE_SLOT_ABANDONED))
		return;
	/* The owner may be counting in its own block: this goes into ours. */
	if (!(site->flags & DYNTRACE_SITE_DEAD)) {
		dyntrace_count(dyntrace_blocks[0], site->counter + 1);
		if (site->tracer)
			site->tracer(site, DYNTRACE_EXIT);
	}
}

void dyntrace_frames_reap(void)
{
	for (int i = 1; i < DYNTRACE_BLOCKS && dyntrace_blocks[i]; i++) {
		struct dyntrace_block *block = dyntrace_blocks[i];
		struct dyntrace_slot_page *page = block->first;
		uint32_t owner = block->owner;

		if (owner && dyntrace_orphaned(block) &&
		    __atomic_compare_exchange_n(&block->owner, &owner, (uint32_t)sys3(SYS_gettid, 0, 0, 0), false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			dyntrace_frames_drop(block);
			/* Recording made it ours. */
			dyntrace_current = &dyntrace_junk;
			__atomic_store_n(&block->owner, 0, __ATOMIC_RELEASE);
			continue;
		}
		while (page && page->above)
			page = page->above;
		for (; page; page = page->below)
			for (int n = SLOTS - 1; n > 0; n--)
				reap((struct dyntrace_slot *)page + n);
	}
}
