/*
 * Trap: signal handlers that call traced functions, in the midst of traced functions and, by a timer, anywhere, in tracers too (those are
 * not seen by tracers).
 */
#include "zoo.h"

#include <signal.h>
#include <time.h>

static volatile long raised;
static timer_t timer;

TRACED long traced_inner(long value)
{
	return value * 2;
}

TRACED long traced_late(long value)
{
	return value * 3;
}

TRACED long traced_outer(long value)
{
	long before = raised;

	raise(SIGUSR1);
	return value + raised - before;
}

static void inner(int signal)
{
	(void)signal;
	CHECK(traced_inner(21) == 42);
	raised++;
}

static void late(int signal)
{
	(void)signal;
	CHECK(traced_late(21) == 63);
	__atomic_fetch_add(&zoo_maybe, 1, __ATOMIC_RELAXED);
}

static void call(void)
{
	struct itimerspec often = {{0, 30000}, {0, 30000}}, never = {{0, 0}, {0, 0}};

	timer_settime(timer, 0, &often, NULL);
	for (long i = 0; i < 20; i++)
		CHECK(traced_outer(i) == i + 1);
	timer_settime(timer, 0, &never, NULL);
	zoo_count(40);
}

int main(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
	struct sigaction action = {.sa_handler = inner, .sa_flags = SA_RESTART};

	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = late;
	sigaction(SIGUSR2, &action, NULL);
	CHECK(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	return zoo(call);
}
