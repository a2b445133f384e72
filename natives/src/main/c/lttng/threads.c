/*
 * A thread's lttng-ust state without the allocator and without the loader.
 *
 * lttng-ust keeps some state for each thread in thread-local variables, whose memory the loader allocates with malloc,
 * under its own lock, when a thread first touches them. A hit may be in malloc, with malloc's lock held: the thread
 * would wait for itself. So calls of lttng-ust to the loader's __tls_get_addr come here, and a thread whose first event
 * is a hit has its state in memory that is mapped for it. The same goes for the little that lttng-ust allocates for a
 * thread with calloc (perf counters), and for pthread keys that need allocated memory.
 *
 * This is done only when lttng-ust came with this library: otherwise threads of the program may have state already.
 * Threads that lttng-ust meets first by itself (its own threads) keep their state where the loader has put it.
 */
#define _GNU_SOURCE
#include "threads.h"

#include "../agent/sys.h"
#include "../agent/vector.h"
#include "calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <lttng/urcu/static/urcu-ust.h>
#include <lttng/urcu/urcu-ust.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096
#define DEFERRED 4
/* glibc keeps a thread's values of the first keys in its control block, and allocates memory for those of others. */
#define KEYS_WITHOUT_MEMORY 32

/* The argument of __tls_get_addr, as the psABI for x86-64 has it. */
struct tls_index {
	uint64_t module;
	uint64_t offset;
};

void *__tls_get_addr(struct tls_index *index);

enum { UST, COMMON, TRACEPOINT, LIBRARIES };

/* A library of lttng-ust and its thread-local variables: where they are in a room, and what they begin with. */
struct library {
	void *handle;
	struct link_map *map;
	const ElfW(Phdr) *headers;
	unsigned int header_count;
	uint64_t module; /* 0: it has none */
	size_t offset, image_size;
	const char *image;
};

struct deferred {
	pthread_key_t key;
	const void *value;
};

/* A thread's state. A later thread takes it over when its thread is gone. */
struct room {
	struct room *next;
	uint32_t owner; /* tid */
	uint32_t deferred_count;
	struct deferred deferred[DEFERRED];
};

#define ROOM_HEADER 128
_Static_assert(sizeof(struct room) <= ROOM_HEADER, "the variables begin behind it");

/* Memory that lttng-ust asked for inside a hit; its address, in itself, tells it from the allocator's. */
struct mapped {
	void *self;
	uintptr_t seal; /* the same, disguised: a pointer to its neighbour may lie in any memory */
	size_t size;
	size_t reserved; /* content is aligned as malloc's is */
	char content[];
};

#define SEAL 0x9e3779b97f4a7c15UL

__thread struct dyntrace_lttng_thread dyntrace_lttng_thread;

static struct library libraries[LIBRARIES] = {0};
/* Where lttng_ust_urcu_reader is in its library's variables. */
static size_t reader_offset;
static size_t room_size;
static bool redirected;
/* All rooms, the newest first, and where to look next for one whose owner is gone. */
static struct room *rooms, *next_look;

__attribute__((noinline)) static void *elsewhere(struct tls_index *index)
{
	dyntrace_lttng_thread.foreign = 1;
	return __tls_get_addr(index);
}

/* Some ten times in each event: no loop, and no more than the loader's own takes. */
static void *tls_get_addr(struct tls_index *index)
{
	char *variables = dyntrace_lttng_thread.variables[index->module % DYNTRACE_LTTNG_MODULES];

	return __builtin_expect(variables != NULL, 1) ? variables + index->offset : elsewhere(index);
}

/* These two are called within hits. */
static int (*real_set_specific)(pthread_key_t key, const void *value) = pthread_setspecific;
static void (*real_free)(void *memory) = free;

static int set_specific(pthread_key_t key, const void *value)
{
	struct room *room = (struct room *)(void *)dyntrace_lttng_thread.room;

	if (!(dyntrace_lttng_thread.state & LTTNG_LOCKED) || key < KEYS_WITHOUT_MEMORY)
		return real_set_specific(key, value);
	/* A key that is never set costs lttng-ust a record of a thread that is gone, and no more. */
	if (room && room->deferred_count < DEFERRED) {
		room->deferred[room->deferred_count++] = (struct deferred){.key = key, .value = value};
		dyntrace_lttng_thread.deferred = 1;
		dyntrace_lttng_thread.narrow = 0;
	}
	return 0;
}

static void *allocate_zeroed(size_t count, size_t size)
{
	struct mapped *mapped;
	size_t all;
	long memory;

	if (!(dyntrace_lttng_thread.state & LTTNG_INSIDE))
		return calloc(count, size);
	if (__builtin_mul_overflow(count, size, &all) || __builtin_add_overflow(all, sizeof(*mapped), &all))
		return NULL;
	memory = sys6(SYS_mmap, 0, (long)all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory < 0 && memory > -4096)
		return NULL;
	mapped = (struct mapped *)memory;
	mapped->self = mapped->content;
	mapped->seal = (uintptr_t)mapped->content ^ SEAL;
	mapped->size = all;
	return mapped->content;
}

/*
 * Looks at what lies before memory that may be the allocator's: within its page, so it is there, but whose it is, is for us to find out,
 * which AddressSanitizer would not allow.
 */
static __attribute__((no_sanitize("address"))) void release(void *memory)
{
	struct mapped *mapped;

	if (!memory)
		return;
	mapped = (struct mapped *)(void *)((char *)memory - offsetof(struct mapped, content));
	if (((uintptr_t)mapped & (PAGE - 1)) == 0 && mapped->self == memory &&
	    mapped->seal == ((uintptr_t)memory ^ SEAL))
		sys3(SYS_munmap, (long)mapped, (long)mapped->size, 0);
	else
		real_free(memory);
}

static const struct {
	const char *name;
	void *ours;
} redirections[] = {
	{"__tls_get_addr", tls_get_addr},
	{"pthread_setspecific", set_specific},
	{"calloc", allocate_zeroed},
	{"free", release},
};

static bool gone(uint32_t tid)
{
	return sys3(SYS_tgkill, sys3(SYS_getpid, 0, 0, 0), tid, 0) == -3 /* ESRCH */;
}

static struct room *take_over(uint32_t tid)
{
	/* A few at a time: bounded work for this thread, and all rooms get their turn. */
	for (int look = 0; look < 8; look++) {
		struct room *room = __atomic_load_n(&next_look, __ATOMIC_ACQUIRE);
		uint32_t owner;

		if (!room)
			room = __atomic_load_n(&rooms, __ATOMIC_ACQUIRE);
		if (!room)
			return NULL;
		__atomic_store_n(&next_look, room->next, __ATOMIC_RELEASE);
		owner = __atomic_load_n(&room->owner, __ATOMIC_ACQUIRE);
		if ((owner == tid || gone(owner)) &&
		    __atomic_compare_exchange_n(&room->owner, &owner, tid, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return room;
	}
	return NULL;
}

static struct room *new_room(uint32_t tid)
{
	long memory = sys6(SYS_mmap, 0, (long)room_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct room *room;

	if (memory < 0 && memory > -4096)
		return NULL;
	room = (struct room *)memory;
	room->owner = tid;
	room->next = __atomic_load_n(&rooms, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&rooms, &room->next, room, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
	return room;
}

static bool claim_room(void)
{
	uint32_t tid = (uint32_t)sys3(SYS_gettid, 0, 0, 0);
	struct room *room;

	if (!redirected || dyntrace_lttng_thread.foreign)
		return !(dyntrace_lttng_thread.state & LTTNG_LOCKED);
	room = take_over(tid);
	if (room) {
		room->deferred_count = 0;
		memset((char *)room + ROOM_HEADER, 0, room_size - ROOM_HEADER);
	} else {
		room = new_room(tid);
	}
	if (!room)
		return !(dyntrace_lttng_thread.state & LTTNG_LOCKED);
	for (int i = 0; i < LIBRARIES; i++)
		if (libraries[i].image)
			memcpy((char *)room + libraries[i].offset, libraries[i].image, libraries[i].image_size);
	for (int i = 0; i < LIBRARIES; i++)
		if (libraries[i].module)
			dyntrace_lttng_thread.variables[libraries[i].module % DYNTRACE_LTTNG_MODULES] =
				(char *)room + libraries[i].offset;
	dyntrace_lttng_thread.room = (char *)room;
	return true;
}

bool dyntrace_lttng_prepare(void)
{
	struct dyntrace_lttng_thread *thread = &dyntrace_lttng_thread;

	if (!claim_room())
		return false;
	thread->error = &errno;
	thread->reader = &lttng_ust_urcu_reader;
	if (thread->room)
		thread->reader = (struct lttng_ust_urcu_reader **)(void *)(thread->room + libraries[COMMON].offset +
									   reader_offset);
	thread->narrow = thread->room && !thread->deferred;
	return true;
}

void dyntrace_lttng_catch_up(void)
{
	struct room *room = (struct room *)(void *)dyntrace_lttng_thread.room;

	dyntrace_lttng_thread.deferred = 0;
	while (room->deferred_count > 0) {
		struct deferred *each = &room->deferred[--room->deferred_count];

		pthread_setspecific(each->key, each->value);
	}
	dyntrace_lttng_thread.narrow = dyntrace_lttng_thread.ready;
}

void dyntrace_lttng_adopt(void)
{
	struct room *room = (struct room *)(void *)dyntrace_lttng_thread.room;

	if (room)
		room->owner = (uint32_t)sys3(SYS_gettid, 0, 0, 0);
}

/* The rest is done once, when this library is loaded. */

static int describe(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)unused;
	for (int i = 0; i < LIBRARIES; i++) {
		struct library *library = &libraries[i];

		if (info->dlpi_addr != library->map->l_addr || strcmp(info->dlpi_name, library->map->l_name))
			continue;
		library->headers = info->dlpi_phdr;
		library->header_count = info->dlpi_phnum;
		if (size >= offsetof(struct dl_phdr_info, dlpi_tls_modid) + sizeof(info->dlpi_tls_modid))
			library->module = info->dlpi_tls_modid;
	}
	return 0;
}

/* Gives the library's variables their place in rooms. */
static bool lay_out(struct library *library)
{
	if (!library->headers)
		return false;
	for (unsigned int i = 0; i < library->header_count; i++) {
		const ElfW(Phdr) *header = &library->headers[i];

		if (header->p_type != PT_TLS)
			continue;
		if (!library->module || header->p_align > 64)
			return false;
		/* The image may begin off its alignment; the variables keep that distance. */
		library->offset = ((room_size + 63) & ~63UL) + (header->p_vaddr & 63);
		library->image = (const char *)library->map->l_addr + header->p_vaddr;
		library->image_size = header->p_filesz;
		room_size = library->offset + header->p_memsz;
	}
	return true;
}

/* Whether two of them would be found at one place. */
static bool collide(void)
{
	for (int i = 0; i < LIBRARIES; i++)
		for (int k = 0; k < i; k++)
			if (libraries[i].module && libraries[k].module &&
			    (libraries[i].module - libraries[k].module) % DYNTRACE_LTTNG_MODULES == 0)
				return true;
	return libraries[COMMON].module == 0;
}

static bool is_known(uint64_t module)
{
	for (int i = 0; i < LIBRARIES; i++)
		if (libraries[i].module == module)
			return true;
	return false;
}

/* How the page is mapped; -1 if it is none of the library's. */
static int protection(const struct library *library, uintptr_t page)
{
	int found = -1;

	for (unsigned int i = 0; i < library->header_count; i++) {
		const ElfW(Phdr) *header = &library->headers[i];
		uintptr_t start = library->map->l_addr + header->p_vaddr;

		if (page + PAGE <= (start & ~(uintptr_t)(PAGE - 1)) || page >= start + header->p_memsz)
			continue;
		if (header->p_type == PT_LOAD)
			found = (header->p_flags & PF_R ? PROT_READ : 0) | (header->p_flags & PF_W ? PROT_WRITE : 0) |
				(header->p_flags & PF_X ? PROT_EXEC : 0);
	}
	for (unsigned int i = 0; i < library->header_count; i++) {
		const ElfW(Phdr) *header = &library->headers[i];
		uintptr_t start = library->map->l_addr + header->p_vaddr;

		if (header->p_type == PT_GNU_RELRO && page >= (start & ~(uintptr_t)(PAGE - 1)) &&
		    page + PAGE <= start + header->p_memsz)
			found = PROT_READ;
	}
	return found;
}

static bool set(const struct library *library, void **slot, void *value)
{
	uintptr_t page = (uintptr_t)slot & ~(uintptr_t)(PAGE - 1);
	int before = protection(library, page);

	if (before < 0 || (before & PROT_EXEC))
		return false;
	if (!(before & PROT_WRITE) && mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE))
		return false;
	__atomic_store_n(slot, value, __ATOMIC_RELEASE);
	return (before & PROT_WRITE) || mprotect((void *)page, PAGE, before) == 0;
}

/* Whether the address is in one of lttng-ust's libraries; NULL: in none. */
static const struct library *holder(const void *address)
{
	for (int i = 0; i < LIBRARIES; i++)
		if (protection(&libraries[i], (uintptr_t)address & ~(uintptr_t)(PAGE - 1)) >= 0)
			return &libraries[i];
	return NULL;
}

struct relocations {
	const ElfW(Rela) *from;
	size_t size;
};

struct imports {
	struct relocations relocations[2];
	const ElfW(Sym) *symbols;
	const char *names;
};

static bool find_imports(const struct library *library, struct imports *found)
{
	memset(found, 0, sizeof(*found));
	for (const ElfW(Dyn) *entry = library->map->l_ld; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == DT_SYMTAB)
			found->symbols = (const void *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_STRTAB)
			found->names = (const void *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_RELA)
			found->relocations[0].from = (const void *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_RELASZ)
			found->relocations[0].size = entry->d_un.d_val;
		else if (entry->d_tag == DT_JMPREL)
			found->relocations[1].from = (const void *)entry->d_un.d_ptr;
		else if (entry->d_tag == DT_PLTRELSZ)
			found->relocations[1].size = entry->d_un.d_val;
	}
	for (int list = 0; list < 2; list++)
		found->relocations[list].size =
			found->relocations[list].from ? found->relocations[list].size / sizeof(ElfW(Rela)) : 0;
	return found->symbols && found->names;
}

/*
 * Looks at a library's imported functions, and with write set, redirects them. False when its thread-local variables
 * are reached on another way than __tls_get_addr, or it uses those of other libraries than these.
 */
static bool redirect_state(const struct library *library, bool write)
{
	struct imports all;
	bool dynamic_tls = false, found = false;

	if (!find_imports(library, &all))
		return false;
	for (int list = 0; list < 2; list++) {
		const ElfW(Rela) *each = all.relocations[list].from;

		for (size_t i = 0; i < all.relocations[list].size; i++) {
			uint64_t type = ELF64_R_TYPE(each[i].r_info);
			const char *name = all.names + all.symbols[ELF64_R_SYM(each[i].r_info)].st_name;

			if (type == R_X86_64_TPOFF64 || type == R_X86_64_TLSDESC ||
			    (type == R_X86_64_DTPMOD64 &&
			     !is_known(*(const uint64_t *)(library->map->l_addr + each[i].r_offset))))
				return false;
			dynamic_tls |= type == R_X86_64_DTPMOD64;
			if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT)
				continue;
			for (size_t k = 0; k < sizeof(redirections) / sizeof(redirections[0]); k++) {
				if (strcmp(name, redirections[k].name))
					continue;
				found |= k == 0;
				if (write && !set(library, (void **)(library->map->l_addr + each[i].r_offset),
						  redirections[k].ours))
					return false;
			}
		}
	}
	return found || !dynamic_tls;
}

/*
 * Looks at all functions that a library imports, and with write set, has those of other libraries called through a guard. False when
 * one may be called on another way.
 */
static bool guard_calls(const struct library *library, bool write)
{
	struct imports all;

	if (!find_imports(library, &all))
		return false;
	for (int list = 0; list < 2; list++) {
		for (size_t i = 0; i < all.relocations[list].size; i++) {
			const ElfW(Rela) *each = &all.relocations[list].from[i];
			const ElfW(Sym) *symbol = &all.symbols[ELF64_R_SYM(each->r_info)];
			uint64_t type = ELF64_R_TYPE(each->r_info);
			unsigned int kind = ELF64_ST_TYPE(symbol->st_info);
			void **slot = (void **)(library->map->l_addr + each->r_offset);
			bool ours = false;
			void *guard;

			if (type == R_X86_64_IRELATIVE)
				return false;
			if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT && type != R_X86_64_64) ||
			    symbol->st_shndx != SHN_UNDEF || kind == STT_OBJECT || kind == STT_TLS || !*slot)
				continue;
			for (size_t k = 0; k < sizeof(redirections) / sizeof(redirections[0]); k++)
				ours |= *slot == redirections[k].ours;
			if (ours || (holder(*slot) && holder(*slot) != library))
				continue;
			/* Not bound yet, or stored where it may have been copied from. */
			if (holder(*slot) == library || type == R_X86_64_64)
				return false;
			guard = dyntrace_lttng_plain(all.names + symbol->st_name);
			if (!guard)
				guard = dyntrace_lttng_guard(*slot);
			if (!guard || (write && !set(library, slot, guard)))
				return false;
		}
	}
	return true;
}

/* From here on all registers are kept: what the program has lttng-ust call may change any. */
static void end_guard(void)
{
	__atomic_store_n(&dyntrace_lttng_guarded, false, __ATOMIC_SEQ_CST);
	lttng_ust_urcu_synchronize_rcu();
}

/* What gives lttng-ust functions to call at each event, for contexts, clocks and processor numbers: each takes a pointer. */
static void *(*given[3])(void *);

#define GIVE(n)                                                                                                        \
	static void *give##n(void *function)                                                                           \
	{                                                                                                              \
		end_guard();                                                                                           \
		return given[n](function);                                                                             \
	}
GIVE(0)
GIVE(1)
GIVE(2)

/* Who looks one of these up from now on finds ours in lttng-ust's table of symbols. */
static bool watch(void)
{
	static const struct {
		const char *name;
		void *(*ours)(void *);
	} givers[] = {{"lttng_ust_context_provider_register", give0},
		      {"lttng_ust_trace_clock_set_read64_cb", give1},
		      {"lttng_ust_getcpu_override", give2}};

	if (getenv("LTTNG_UST_CLOCK_PLUGIN") || getenv("LTTNG_UST_GETCPU_PLUGIN"))
		return false;
	for (size_t i = 0; i < sizeof(givers) / sizeof(givers[0]); i++) {
		void *found = dlsym(RTLD_DEFAULT, givers[i].name);
		const struct library *library;
		ElfW(Sym) *symbol = NULL;
		Dl_info info;

		for (int k = 0; k < LIBRARIES && !found; k++)
			found = dlsym(libraries[k].handle, givers[i].name);
		library = holder(found);
		if (!library || !dladdr1(found, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol ||
		    library->map->l_addr + symbol->st_value != (uintptr_t)found)
			return false;
		*(void **)&given[i] = found;
		if (!set(library, (void **)&symbol->st_value,
			 (void *)((uintptr_t)givers[i].ours - library->map->l_addr)))
			return false;
	}
	return true;
}

static void guard(void)
{
	void *set_specific = NULL, *release = NULL;

	dyntrace_vector_detect();
	if (!dyntrace_lttng_guard_prepare() || !(set_specific = dyntrace_lttng_guard(pthread_setspecific)) ||
	    !(release = dyntrace_lttng_guard(free)))
		return;
	for (int i = 0; i < LIBRARIES; i++)
		if (!guard_calls(&libraries[i], false))
			return;
	if (!watch())
		return;
	for (int i = 0; i < LIBRARIES; i++)
		if (!guard_calls(&libraries[i], true))
			return;
	*(void **)&real_set_specific = set_specific;
	*(void **)&real_free = release;
	__atomic_store_n(&dyntrace_lttng_guarded, true, __ATOMIC_RELEASE);
}

/* Whether lttng-ust was loaded for this library, behind it. */
static bool came_with_us(void)
{
	Dl_info info;
	struct link_map *us = NULL;
	bool behind[LIBRARIES] = {false};

	if (!dladdr1(&libraries, &info, (void **)&us, RTLD_DL_LINKMAP) || !us)
		return false;
	for (; us; us = us->l_next)
		for (int i = 0; i < LIBRARIES; i++)
			behind[i] |= us == libraries[i].map;
	return behind[UST] && behind[COMMON] && behind[TRACEPOINT];
}

__attribute__((constructor)) static void redirect(void)
{
	static const char *const names[LIBRARIES] = {[UST] = "liblttng-ust.so.1",
						     [COMMON] = "liblttng-ust-common.so.1",
						     [TRACEPOINT] = "liblttng-ust-tracepoint.so.1"};
	struct tls_index common = {0};

	for (int i = 0; i < LIBRARIES; i++) {
		libraries[i].handle = dlopen(names[i], RTLD_NOW | RTLD_NOLOAD);
		if (!libraries[i].handle || dlinfo(libraries[i].handle, RTLD_DI_LINKMAP, &libraries[i].map))
			return;
	}
	if (!came_with_us())
		return;
	dl_iterate_phdr(describe, NULL);
	room_size = ROOM_HEADER;
	for (int i = 0; i < LIBRARIES; i++)
		if (!lay_out(&libraries[i]))
			return;
	for (int i = 0; i < LIBRARIES; i++)
		if (!redirect_state(&libraries[i], false))
			return;
	if (collide())
		return;
	common.module = libraries[COMMON].module;
	reader_offset = (size_t)((char *)&lttng_ust_urcu_reader - (char *)__tls_get_addr(&common));
	/* From here on all of them, or none: threads get rooms only if all went well. */
	for (int i = 0; i < LIBRARIES; i++)
		if (!redirect_state(&libraries[i], true))
			return;
	redirected = true;
	guard();
}
