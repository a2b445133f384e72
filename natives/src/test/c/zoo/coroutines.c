/* Trap: coroutines that go from one stack to another in the midst of traced functions. */
#include "zoo.h"

#include <ucontext.h>

#define COROUTINES 3
#define YIELDS 5

static ucontext_t scheduler, contexts[COROUTINES];
static char stacks[COROUTINES][64 * 1024];
static long sums[COROUTINES];

TRACED long traced_work(long value)
{
	return value * 3;
}

TRACED long traced_yield(long which, long value)
{
	long before = traced_work(value);

	CHECK(!swapcontext(&contexts[which], &scheduler));
	return before + traced_work(value);
}

static void run(int which)
{
	for (long i = 1; i <= YIELDS; i++)
		sums[which] += traced_yield(which, i);
}

static void take_turns(void)
{
	for (int i = 0; i < COROUTINES; i++) {
		sums[i] = 0;
		getcontext(&contexts[i]);
		contexts[i].uc_stack.ss_sp = stacks[i];
		contexts[i].uc_stack.ss_size = sizeof(stacks[i]);
		contexts[i].uc_link = &scheduler;
		makecontext(&contexts[i], (void (*)(void))run, 1, i);
	}
	for (int turn = 0; turn <= YIELDS; turn++)
		for (int i = 0; i < COROUTINES; i++)
			CHECK(!swapcontext(&scheduler, &contexts[i]));
	for (int i = 0; i < COROUTINES; i++)
		CHECK(sums[i] == 6 * YIELDS * (YIELDS + 1) / 2);
	zoo_count(3 * COROUTINES * YIELDS);
}

int main(void)
{
	return zoo(take_turns);
}
