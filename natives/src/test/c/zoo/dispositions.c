/* Trap: the program's signal handlers, mask and environment are its own: none may be another one because of a tracer. */
#include "zoo.h"

#include <signal.h>

extern char **environ;

TRACED long traced_work(long value)
{
	return value + 1;
}

static struct sigaction before[65];
static char **environment;
static sigset_t mask;

static void compare(void)
{
	sigset_t now = mask; /* of which the kernel fills the first 8 bytes only */

	for (int number = 1; number < 65; number++) {
		struct sigaction action;

		if (number == 32 || number == 33)
			continue; /* libc's own */
		CHECK(!sigaction(number, NULL, &action));
		CHECK(action.sa_handler == before[number].sa_handler && action.sa_flags == before[number].sa_flags);
	}
	CHECK(traced_work(1) == 2);
	sigprocmask(SIG_SETMASK, NULL, &now);
	CHECK(!memcmp(&now, &mask, sizeof(now)) && environ == environment);
	zoo_count(1);
}

static void handle(int number)
{
	(void)number;
}

int main(void)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};

	sigaction(SIGTRAP, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (int number = 1; number < 65; number++)
		sigaction(number, NULL, &before[number]);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	environment = environ;
	return zoo(compare);
}
