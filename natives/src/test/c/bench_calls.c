/*
 * What scripts/bench measures. Lines on stdin say what to call and how often; each is answered with the nanoseconds of
 * CPU time that one call took. The argument is bench_static.c's library, loaded when it is first called.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* All kinds are the same empty function, aligned alike, long enough for a jump; tracepoints find them by name. */
#define EMPTY(name)                                                                                                    \
	__attribute__((noinline, noclone, aligned(64))) void name(void)                                                \
	{                                                                                                              \
		__asm__ volatile("nopl 0(%rax,%rax,1); nopl 0(%rax,%rax,1)");                                          \
	}

EMPTY(empty)
EMPTY(count_point)
EMPTY(count_frame)
EMPTY(lttng_point)
EMPTY(lttng_frame)

/* The least that a correct point costs: there and back, the registers that a C function may change, one increment. */
unsigned long counter;
__attribute__((noinline, noclone)) void increment(void)
{
	counter++;
}

extern void by_hand(void);
__asm__(".text\n.balign 64\n.globl by_hand\nby_hand:\n"
	"	jmp 1f\n"
	"2:	nopl 0(%rax,%rax,1)\n"
	"	ret\n"
	".balign 64\n"
	"1:	lea -128(%rsp), %rsp\n"
	"	push %rax; push %rcx; push %rdx; push %rsi; push %rdi\n"
	"	push %r8; push %r9; push %r10; push %r11\n"
	"	push %rbp; mov %rsp, %rbp; and $-16, %rsp\n"
	"	call increment\n"
	"	mov %rbp, %rsp; pop %rbp\n"
	"	pop %r11; pop %r10; pop %r9; pop %r8\n"
	"	pop %rdi; pop %rsi; pop %rdx; pop %rcx; pop %rax\n"
	"	lea 128(%rsp), %rsp\n"
	"	jmp 2b\n");

static const struct {
	const char *name;
	void (*call)(void);
} kinds[] = {
	{"empty", empty},
	{"trampoline", by_hand},
	{"count_point", count_point},
	{"count_frame", count_frame},
	{"lttng_point", lttng_point},
	{"lttng_frame", lttng_frame},
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* A loop of the library; NULL if it has none of this name. */
static void (*loop(const char *library, const char *kind))(long)
{
	char name[64];
	void *loaded = strncmp(kind, "static", 6) == 0 ? dlopen(library, RTLD_NOW) : NULL;

	snprintf(name, sizeof(name), "bench_%s", kind);
	return loaded ? (void (*)(long))dlsym(loaded, name) : NULL;
}

int main(int argc, char **argv)
{
	char name[32];
	long count;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (argc == 2 && scanf("%31s %ld", name, &count) == 2) {
		void (*volatile call)(void) = NULL;
		void (*loaded)(long) = loop(argv[1], name);
		double start;

		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (strcmp(kinds[i].name, name) == 0)
				call = kinds[i].call;
		if ((!call && !loaded) || count < 1)
			return 2;
		start = now();
		if (loaded)
			loaded(count);
		else
			for (long i = 0; i < count; i++)
				call();
		printf("%.2f\n", (now() - start) / (double)count);
	}
	return 0;
}
