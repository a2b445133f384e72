/*
 * What scripts/bench measures. Lines on stdin say what to call and how often; each is answered with the nanoseconds of
 * CPU time that one call took. "2" before what to call: by two threads at once, and the mean of both. The argument is
 * bench_static.c's library, loaded when it is first called.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
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
EMPTY(uprobe)
EMPTY(uprobe_pair)

/* The least that a correct point costs: there and back, the registers that a C function may change, one increment. */
unsigned long counter;
__attribute__((noinline, noclone)) void increment(void)
{
	counter++;
}

/* What every point must keep, and what it must when its handler may use vector registers. */
#define KEEP_GENERAL                                                                                                   \
	"	push %rax; push %rcx; push %rdx; push %rsi; push %rdi\n"                                                     \
	"	push %r8; push %r9; push %r10; push %r11\n"                                                                  \
	"	push %rbp; mov %rsp, %rbp; and $-16, %rsp\n"
#define PUT_BACK_GENERAL                                                                                               \
	"	mov %rbp, %rsp; pop %rbp\n"                                                                                  \
	"	pop %r11; pop %r10; pop %r9; pop %r8\n"                                                                      \
	"	pop %rdi; pop %rsi; pop %rdx; pop %rcx; pop %rax\n"
#define EACH_VECTOR "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
#define BY_HAND(name, keep, put_back)                                                                                  \
	extern void name(void);                                                                                        \
	__asm__(".text\n.balign 64\n.globl " #name "\n" #name ":\n"                                                    \
		"	jmp 1f\n"                                                                                            \
		"2:	nopl 0(%rax,%rax,1)\n"                                                                             \
		"	ret\n"                                                                                               \
		".balign 64\n"                                                                                         \
		"1:	lea -128(%rsp), %rsp\n" keep "	call increment\n" put_back "	lea 128(%rsp), %rsp\n"            \
		"	jmp 2b\n")

BY_HAND(by_hand, KEEP_GENERAL, PUT_BACK_GENERAL);
BY_HAND(by_hand_vector,
	"	pushfq\n" KEEP_GENERAL "	sub $256, %rsp\n"
	"	.irp n, " EACH_VECTOR "\n	movaps %xmm\\n, 16 * \\n(%rsp)\n	.endr\n",
	"	.irp n, " EACH_VECTOR "\n	movaps 16 * \\n(%rsp), %xmm\\n\n	.endr\n" PUT_BACK_GENERAL
	"	popfq\n");

static const struct {
	const char *name;
	void (*call)(void);
} kinds[] = {
	{"empty", empty},
	{"trampoline", by_hand},
	{"trampoline_vector", by_hand_vector},
	{"count_point", count_point},
	{"count_frame", count_frame},
	{"lttng_point", lttng_point},
	{"lttng_frame", lttng_frame},
	{"uprobe", uprobe},
	{"uprobe_pair", uprobe_pair},
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

struct work {
	void (*call)(void); /* what to call, or */
	void (*loop)(long); /* a loop of the library */
	long count;         /* how often */
	pthread_barrier_t *together;
	double took; /* ns of CPU time */
};

static void call_often(const struct work *work, long count)
{
	void (*volatile call)(void) = work->call;

	if (work->loop)
		work->loop(count);
	else
		for (long i = 0; i < count; i++)
			call();
}

static void *do_work(void *argument)
{
	struct work *work = argument;
	double start;

	/* A thread's first hit, and a processor that has slept, take longer: that is not what a hit costs. */
	call_often(work, work->count / 5);
	if (work->together)
		pthread_barrier_wait(work->together);
	start = now();
	call_often(work, work->count);
	work->took = now() - start;
	return NULL;
}

/* By this thread and another one at once; the mean of what they took. */
static double do_twice(const struct work *work)
{
	pthread_barrier_t together;
	struct work first = *work, second = *work;
	pthread_t thread;

	first.together = second.together = &together;
	if (pthread_barrier_init(&together, NULL, 2) || pthread_create(&thread, NULL, do_work, &second)) {
		fputs("there can be no other thread\n", stderr);
		exit(1);
	}
	do_work(&first);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&together);
	return (first.took + second.took) / 2;
}

int main(int argc, char **argv)
{
	char name[32];
	long count;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (argc == 2 && scanf("%31s %ld", name, &count) == 2) {
		const char *kind = name[0] == '2' ? name + 1 : name;
		struct work work = {.loop = loop(argv[1], kind), .count = count};
		double took;

		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (strcmp(kinds[i].name, kind) == 0)
				work.call = kinds[i].call;
		if ((!work.call && !work.loop) || count < 1)
			return 2;
		if (kind == name) {
			do_work(&work);
			took = work.took;
		} else {
			took = do_twice(&work);
		}
		printf("%.2f\n", took / (double)count);
	}
	return 0;
}
