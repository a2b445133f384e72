/*
 * Trap: signal handlers that will return into the bytes that a jump replaces. The program steps through the function with the trap flag,
 * its own handler after each instruction, and stays a while in those that interrupt the function itself.
 */
#include "zoo.h"

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

GAP;
ASSEMBLY("traced_steps", "mov %edi, %eax; inc %eax; inc %eax; inc %eax; inc %eax; ret");
GAP;
uint32_t traced_steps(uint32_t);

#define set_flags(change)                                                                                              \
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; " change ", (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::        \
				 : "memory", "cc")

static volatile long steps;

static void step(int signal, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

	(void)signal;
	(void)info;
	steps++;
	if (at - (uintptr_t)traced_steps < 10)
		syscall(SYS_poll, NULL, 0, 1);
}

static void step_through(void)
{
	uint32_t result;

	steps = 0;
	set_flags("orl $0x100");
	result = traced_steps(7);
	set_flags("andl $~0x100");
	CHECK(result == 11 && steps > 6);
	zoo_count(1);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = step, .sa_flags = SA_SIGINFO | SA_RESTART};

	sigaction(SIGTRAP, &action, NULL);
	return zoo(step_through);
}
