/* Trap: a signal for the process that all of its threads block. A thread of the tracer's that didn't would take it, and end the program. */
#include "zoo.h"

#include <signal.h>
#include <time.h>

TRACED int traced_wait(const sigset_t *set)
{
	struct timespec limit = {1, 0};

	return sigtimedwait(set, NULL, &limit);
}

static void signal_all(void)
{
	static const int numbers[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGHUP, SIGTRAP, 34, 63};
	sigset_t set;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		sigemptyset(&set);
		sigaddset(&set, numbers[i]);
		CHECK(!kill(getpid(), numbers[i]));
		CHECK(traced_wait(&set) == numbers[i]);
	}
	zoo_count(sizeof(numbers) / sizeof(numbers[0]));
}

int main(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	return zoo(signal_all);
}
