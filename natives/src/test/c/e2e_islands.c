/*
 * Two functions that are too short for a jump of 5 bytes and have no padding behind, under 4 threads that call them all the time,
 * while a timer's handler interrupts them anywhere, and 2 threads that step through them, with a handler after each instruction: they
 * stand at each place of the functions for a good part of the time, even at jumps, which the clock hardly ever meets. "padded" has padding within 128 bytes, "crowded" none: for it, instructions of
 * its neighbour have to be moved, which the threads call as well. A line on stdin ends the program; then it tells the numbers of
 * calls and of wrong results.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define STEPPING 2
#define TRAP_FLAG "0x100"
/* Below the red zone. */
#define set_flags(change)                                                                                              \
	__asm__ volatile("lea -128(%%rsp), %%rsp\n pushfq\n" change ", (%%rsp)\n popfq\n lea 128(%%rsp), %%rsp" ::     \
				 : "memory", "cc")

__asm__(".text\n"
	".p2align 6, 0xcc\n"
	".globl padded\n"
	".type padded, @function\n"
	"padded: .cfi_startproc\n"
	"  lea 3(%rdi), %eax\n" /* 3 bytes */
	"  ret\n"
	"  .cfi_endproc\n"
	".size padded, . - padded\n"
	".globl next\n"
	".type next, @function\n"
	"next: .cfi_startproc\n"
	"  lea 5(%rdi), %eax\n"
	"  ret\n"
	"  .cfi_endproc\n"
	".size next, . - next\n"
	".p2align 6, 0xcc\n"

	".globl far_before\n"
	".type far_before, @function\n"
	"far_before: .cfi_startproc\n"
	"  push %rbx\n"
	".rept 40\n"
	"  call *%rdi\n" /* nothing here can be moved */
	"  pop %rbx\n"
	"  push %rbx\n"
	".endr\n"
	"  pop %rbx\n"
	"  ret\n"
	"  .cfi_endproc\n"
	".size far_before, . - far_before\n"
	".globl crowded\n"
	".type crowded, @function\n"
	"crowded: .cfi_startproc\n"
	"  mov %edi, %eax\n" /* 2 bytes */
	"  ret\n"
	"  .cfi_endproc\n"
	".size crowded, . - crowded\n"
	".globl neighbour\n"
	".type neighbour, @function\n"
	"neighbour: .cfi_startproc\n"
	"  xor %eax, %eax\n"
	".rept 30\n"
	"  add %edi, %eax\n"
	"  inc %eax\n"
	".endr\n"
	"  ret\n"
	"  .cfi_endproc\n"
	".size neighbour, . - neighbour\n"
	".globl far_behind\n"
	".type far_behind, @function\n"
	"far_behind: .cfi_startproc\n"
	"  push %rbx\n"
	".rept 40\n"
	"  call *%rdi\n"
	"  pop %rbx\n"
	"  push %rbx\n"
	".endr\n"
	"  pop %rbx\n"
	"  ret\n"
	"  .cfi_endproc\n"
	".size far_behind, . - far_behind\n");

uint32_t padded(uint32_t);
uint32_t next(uint32_t);
uint32_t crowded(uint32_t);
uint32_t neighbour(uint32_t);

static volatile int ending;
static uint64_t calls, wrong;
static __thread volatile uint32_t ticks;

/* Stays a while, so that it's often met. */
static void tick(int number)
{
	(void)number;
	for (volatile int i = 0; i < 20000; i++)
		ticks++;
}

static void *call(void *unused)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
	struct itimerspec every = {{0, 300000}, {0, 300000}};
	uint64_t done = 0, bad = 0;
	timer_t timer;

	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &every, NULL))
		abort();
	for (uint32_t i = 0; !ending; i++, done++) {
		bad += padded(i) != i + 3;
		bad += next(i) != i + 5;
		bad += crowded(i) != i;
		bad += neighbour(i) != 30 * (i + 1);
	}
	timer_delete(timer);
	__atomic_fetch_add(&calls, done, __ATOMIC_RELAXED);
	__atomic_fetch_add(&wrong, bad, __ATOMIC_RELAXED);
	return unused;
}

static void step(int number)
{
	(void)number;
	for (volatile int i = 0; i < 5000; i++)
		ticks++;
}

static void *call_by_steps(void *unused)
{
	uint64_t done = 0, bad = 0;

	set_flags("orl $" TRAP_FLAG);
	for (uint32_t i = 0; !ending; i++, done++) {
		bad += padded(i) != i + 3;
		bad += crowded(i) != i;
		bad += neighbour(i) != 30 * (i + 1);
	}
	set_flags("andl $~" TRAP_FLAG);
	__atomic_fetch_add(&calls, done, __ATOMIC_RELAXED);
	__atomic_fetch_add(&wrong, bad, __ATOMIC_RELAXED);
	return unused;
}

int main(void)
{
	struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
	struct sigaction trap = {.sa_handler = step};
	pthread_t threads[THREADS + STEPPING];
	char line[16];

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGTRAP, &trap, NULL);
	for (int i = 0; i < THREADS + STEPPING; i++)
		if (pthread_create(&threads[i], NULL, i < THREADS ? call : call_by_steps, NULL))
			abort();
	printf("ready\n");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	ending = 1;
	for (int i = 0; i < THREADS + STEPPING; i++)
		pthread_join(threads[i], NULL);
	printf("calls %llu wrong %llu\n", (unsigned long long)calls, (unsigned long long)wrong);
	return 0;
}
