/*
 * What the daemon and the agent both read and write in the target's memory. The Java twin is
 * org.dyntrace.daemon.patch.AgentLayout; a change here changes DYNTRACE_LAYOUT there.
 *
 * All sizes and offsets are in bytes, all addresses are the target's.
 */
#ifndef DYNTRACE_LAYOUT_H
#define DYNTRACE_LAYOUT_H

#define DYNTRACE_LAYOUT 4

/* Counters of one thread; a tracepoint takes three: hits (or entries), exits, lost. */
#define DYNTRACE_COUNTERS 6144
/* Threads that can hold counters at the same time. */
#define DYNTRACE_BLOCKS 8192

/* Pieces of executable memory that the daemon can have. */
#define DYNTRACE_CHUNKS 4096

/* The two halves of the frame region: stubs (r-x) and their slots (rw-), always this far apart. */
#define DYNTRACE_FRAME_REGION 0x1000000
#define DYNTRACE_FRAME_PAGE 4096
#define DYNTRACE_FRAME_SIZE 32

/* dyntrace_site.flags */
#define DYNTRACE_SITE_VECTOR 1 /* the tracer may use vector registers: save them all */
#define DYNTRACE_SITE_DEAD 2   /* removed: a frame that still returns says nothing */
#define DYNTRACE_SITE_LOCKED 4 /* the code may hold the allocator's or loader's lock: the tracer must not allocate */
#define DYNTRACE_SITE_BASELINE                                                                                         \
	8 /* lttng: its libraries change no vector registers but the lower parts of xmm0 to xmm7 */

/* dyntrace_slot.stack of a slot that holds no frame, and of one whose frame the daemon saw jumped over. */
#define DYNTRACE_SLOT_FREE (~0UL)
#define DYNTRACE_SLOT_ABANDONED 1UL

/*
 * A stack of the agent's own ends with two words: this one, and the stack pointer that its thread came with (0 at first).
 * Who looks through a thread's stack goes on there.
 */
#define DYNTRACE_STACK_MAGIC 0x6b63617473797964

/* Offsets for thunks.S, checked against the structs below. */
#define SITE_TARGET 16
#define BLOCK_STACK 40
#define BLOCK_STACK_END 48
#define DYNTRACE_SHARED_STACK 16384

#ifndef __ASSEMBLER__

#include <stdint.h>

/* What a tracer is told. */
enum dyntrace_event { DYNTRACE_HIT, DYNTRACE_ENTRY, DYNTRACE_EXIT };

struct dyntrace_site;

/* A tracer. Returns 0 if it recorded the event, another value if the event is lost. */
typedef int (*dyntrace_tracer)(const struct dyntrace_site *site, enum dyntrace_event event);

/* One place of one tracepoint. Written by the daemon beside the trampoline; the target only reads it. */
struct dyntrace_site {
	uint64_t address;       /* insertion address */
	dyntrace_tracer tracer; /* NULL: only count */
	uint64_t target;        /* entry/exit: where the displaced function goes on */
	uint32_t counter;       /* index of the first of its three counters */
	uint32_t flags;
	uint64_t device; /* log: identity of the file behind fd */
	uint64_t inode;
	uint64_t line; /* log: address of the text of a line */
	uint32_t line_length;
	int32_t fd; /* log: where to write; without check if device and inode are 0; 1: the program's stdout */
};

/* A frame whose return goes through a stub. Slot n of a page belongs to stub n of the page at the same place. */
struct dyntrace_slot {
	uint64_t caller; /* the return address that the function was called with */
	uint64_t target; /* where the stub calls */
	const struct dyntrace_site *site;
	uint64_t stack; /* where the return address lies */
};

/* Slot 0 of a page. */
struct dyntrace_slot_page {
	struct dyntrace_slot_page *below; /* the page with the older frames */
	struct dyntrace_slot_page *above;
	uint64_t leave; /* where the page's stubs go after the call */
	uint64_t reserved;
};

/* What a thread owns. Kept when it ends and handed to a later thread, counters and all, so that sums stay right. */
struct dyntrace_block {
	uint32_t owner;            /* tid, 0: free */
	uint32_t in_tracer;        /* 1 while the owner is inside a tracer */
	struct dyntrace_slot *top; /* youngest frame, or NULL */
	struct dyntrace_slot_page *first;
	uint64_t home_low, home_high; /* the stack the thread runs on when on no other one */
	uint64_t stack;               /* behind the stack for sites on small stacks; 0: none, or in use */
	uint64_t stack_end;           /* the same, while in use too; 0: none */
	uint64_t reserved;
	uint64_t counters[DYNTRACE_COUNTERS];
};

/* Executable memory that was mapped for the daemon. */
struct dyntrace_chunk {
	uint64_t address;
	uint64_t size;
};

/* Where the daemon finds everything. Its address comes with the agent's Hello. */
struct dyntrace_anchor {
	char magic[8]; /* "DYNTRACE" */
	uint32_t layout;
	uint32_t size;
	uint64_t blocks;   /* address of DYNTRACE_BLOCKS pointers to blocks, NULL-terminated if fewer */
	int64_t block_tls; /* %fs offset of the thread's block pointer */
	uint64_t claim;    /* thunks: see thunks.S */
	uint64_t hit;
	uint64_t enter;
	uint64_t log_tracer;
	uint64_t lttng_tracer; /* 0 until loaded */
	uint64_t lttng_probes; /* address of the word that changes when a recording starts, 0 until loaded */
	uint64_t journal;      /* the daemon's; survives it */
	uint64_t stubs;        /* the frame region */
	uint64_t loads_tracer; /* tells the daemon that libraries have been loaded */
	uint32_t loads;        /* how often it did */
	uint32_t loads_seen;   /* the daemon's: up to which of them it has placed what waited */
	uint64_t claim_small;  /* thunks for code on small stacks */
	uint64_t hit_small;
	uint64_t chunks; /* address of DYNTRACE_CHUNKS struct dyntrace_chunk, the first chunk_count of them in use */
	uint32_t chunk_count;
	uint32_t thread; /* the agent's own: its tid, or 0; and its stack */
	uint64_t stack;
	uint64_t stack_size;
};

_Static_assert(__builtin_offsetof(struct dyntrace_site, target) == SITE_TARGET, "thunks.S");
_Static_assert(__builtin_offsetof(struct dyntrace_block, stack) == BLOCK_STACK, "thunks.S");
_Static_assert(__builtin_offsetof(struct dyntrace_block, stack_end) == BLOCK_STACK_END, "thunks.S");
_Static_assert(sizeof(struct dyntrace_slot) == DYNTRACE_FRAME_SIZE, "stub and slot go side by side");
_Static_assert(__builtin_offsetof(struct dyntrace_block, counters) == 64, "trampolines count at block + 64");

#endif
#endif
