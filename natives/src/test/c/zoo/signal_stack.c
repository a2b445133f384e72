/* Trap: handlers on a stack of their own call traced functions, and leave by siglongjmp from the midst of them. */
#include "zoo.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static int leaving;

TRACED int traced_deeper(int value)
{
	if (leaving)
		siglongjmp(back, 7);
	return value + 1;
}

TRACED int traced_on_signal_stack(int value)
{
	return traced_deeper(value) + 1;
}

TRACED int traced_at_home(int value)
{
	raise(SIGUSR1);
	return value + 1;
}

TRACED int traced_afterwards(int value)
{
	return value + 1;
}

static void handle(int signal)
{
	(void)signal;
	CHECK(traced_on_signal_stack(1) == 3);
}

static void raise_twice(void)
{
	leaving = 0;
	CHECK(traced_at_home(1) == 2);
	leaving = 1;
	if (sigsetjmp(back, 1) == 0) {
		traced_at_home(1);
		CHECK(!"left");
	}
	/* Here it is seen that those frames are gone. */
	CHECK(traced_afterwards(1) == 2);
	zoo_count(7);
}

int main(void)
{
	static char memory[128 * 1024];
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

	CHECK(!sigaltstack(&stack, NULL) && !sigaction(SIGUSR1, &action, NULL));
	return zoo(raise_twice);
}
