/* The calls that lead out of lttng-ust while it records a hit: see calls.h and hit.c. */
#define _GNU_SOURCE
#include "calls.h"

#include "threads.h"

#include <cpuid.h>
#include <dlfcn.h>
#include <link.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#define STUB 16
/* SSE, AVX, and of AVX-512: masks, the upper parts of 0 to 15, 16 to 31. */
#define COMPONENTS 0xe6
#define LEGACY (512 + 64)

extern const char dyntrace_lttng_stubs[DYNTRACE_LTTNG_CALLS * STUB];

bool dyntrace_lttng_guarded;
/* For calls_entries.S: what the stubs call, which registers they keep, and what room that takes, a multiple of 64. */
void *dyntrace_lttng_functions[DYNTRACE_LTTNG_CALLS];
uint32_t dyntrace_lttng_components;
uint64_t dyntrace_lttng_area;

static unsigned int function_count;
static int (*vdso_clock_gettime)(clockid_t, struct timespec *);

/* Whether it may be an instruction that names xmm8 or one behind it: of SSE's opcodes, with the prefix for that. */
static bool may_be_high(const uint8_t *code)
{
	uint8_t opcode = code[2];

	return (code[0] & 0xf0) == 0x40 && (code[0] & 5) && code[1] == 0x0f &&
	       ((opcode >= 0x10 && opcode <= 0x17) || (opcode >= 0x28 && opcode <= 0x2f) ||
		(opcode >= 0x38 && opcode <= 0x3a) || (opcode >= 0x50 && opcode <= 0x7f) || opcode == 0xc2 ||
		(opcode >= 0xc4 && opcode <= 0xc6) || opcode >= 0xd0);
}

/*
 * Whether the kernel's clock changes no vector registers but the lower parts of xmm0 to xmm7, either. Its image is the same for every
 * machine, so there is no VEX. All bytes up to its random numbers, which take all of xmm, are looked at: seen once too often is no harm.
 */
static bool is_baseline(void *vdso)
{
	const uint8_t *clock = dlvsym(vdso, "__vdso_clock_gettime", "LINUX_2.6");
	const uint8_t *end = dlvsym(vdso, "__vdso_getrandom", "LINUX_2.6");
	const uint8_t *image_end = NULL, *image;
	const ElfW(Phdr) *headers;
	struct link_map *map;

	if (!clock || dlinfo(vdso, RTLD_DI_LINKMAP, &map))
		return false;
	image = (const void *)map->l_addr;
	headers = (const void *)(image + ((const ElfW(Ehdr) *)(const void *)image)->e_phoff);
	for (unsigned int i = 0; i < ((const ElfW(Ehdr) *)(const void *)image)->e_phnum; i++)
		if (headers[i].p_type == PT_LOAD && image_end < image + headers[i].p_vaddr + headers[i].p_memsz)
			image_end = image + headers[i].p_vaddr + headers[i].p_memsz;
	if (!end || end > image_end)
		end = image_end;
	if (clock < image || clock >= end)
		return false;
	for (const uint8_t *code = image; code + 5 <= end; code++) {
		int32_t distance;

		if (may_be_high(code))
			return false;
		/* A call or jump to there. */
		__builtin_memcpy(&distance, code + 1, 4);
		if ((code[0] == 0xe8 || code[0] == 0xe9) && code + 5 + distance >= end &&
		    code + 5 + distance < image_end)
			return false;
	}
	return true;
}

bool dyntrace_lttng_guard_prepare(void)
{
	unsigned int a, b, c, d, low, high;
	void *vdso = dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
		return false;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	dyntrace_lttng_components = low & COMPONENTS;
	dyntrace_lttng_area = LEGACY;
	for (unsigned int i = 2; i < 8; i++) {
		if (!(dyntrace_lttng_components & 1U << i))
			continue;
		/* Its size and place. */
		if (!__get_cpuid_count(13, i, &a, &b, &c, &d))
			return false;
		if (dyntrace_lttng_area < a + b)
			dyntrace_lttng_area = a + b;
	}
	dyntrace_lttng_area = (dyntrace_lttng_area + 63) & ~63UL;
	if (vdso && is_baseline(vdso))
		*(void **)&vdso_clock_gettime = dlvsym(vdso, "__vdso_clock_gettime", "LINUX_2.6");
	return dyntrace_lttng_components & 4;
}

void *dyntrace_lttng_guard(void *function)
{
	unsigned int at = 0;

	while (at < function_count && dyntrace_lttng_functions[at] != function)
		at++;
	if (at == DYNTRACE_LTTNG_CALLS)
		return NULL;
	dyntrace_lttng_functions[at] = function;
	if (at == function_count)
		function_count++;
	return (void *)(uintptr_t)(dyntrace_lttng_stubs + (size_t)at * STUB);
}

/* What is met in every event, or in many. Compiled so that no loop becomes a call. */

static bool inside(void)
{
	return dyntrace_lttng_thread.state & LTTNG_INSIDE;
}

static void *copy(void *to, const void *from, size_t size)
{
	char *at = to;
	const char *source = from;

	if (!inside())
		return memcpy(to, from, size);
	for (; size >= 8 && size < 64; size -= 8, at += 8, source += 8) {
		uint64_t word;

		__builtin_memcpy(&word, source, 8);
		__builtin_memcpy(at, &word, 8);
	}
	__asm__ volatile("rep movsb" : "+D"(at), "+S"(source), "+c"(size) : : "memory");
	return to;
}

static void *fill(void *to, int byte, size_t size)
{
	void *at = to;

	if (!inside())
		return memset(to, byte, size);
	__asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(byte) : "memory");
	return to;
}

static size_t length(const char *text)
{
	size_t length = 0;

	if (!inside())
		return strlen(text);
	while (__atomic_load_n(&text[length], __ATOMIC_RELAXED))
		length++;
	return length;
}

static int (*real_clock_gettime)(clockid_t, struct timespec *);

static int clock_time(clockid_t clock, struct timespec *time)
{
	return inside() && vdso_clock_gettime(clock, time) == 0 ? 0 : real_clock_gettime(clock, time);
}

/* What glibc shares with the kernel: struct rseq, where cpu_id is the second word. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));
static int (*real_sched_getcpu)(void);

static int cpu(void)
{
	const volatile int32_t *words =
		(const int32_t *)(const void *)((const char *)__builtin_thread_pointer() + __rseq_offset);
	int32_t id = words[1];

	return id >= 0 ? id : real_sched_getcpu();
}

void *dyntrace_lttng_plain(const char *name)
{
	if (!strcmp(name, "memcpy"))
		return copy;
	if (!strcmp(name, "memset"))
		return fill;
	if (!strcmp(name, "strlen"))
		return length;
	if (!strcmp(name, "clock_gettime") && vdso_clock_gettime) {
		*(void **)&real_clock_gettime = dyntrace_lttng_guard(clock_gettime);
		return real_clock_gettime ? clock_time : NULL;
	}
	if (!strcmp(name, "sched_getcpu") && &__rseq_offset && __rseq_size) {
		*(void **)&real_sched_getcpu = dyntrace_lttng_guard(sched_getcpu);
		return real_sched_getcpu ? cpu : NULL;
	}
	return NULL;
}
