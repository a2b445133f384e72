/*
 * Trap: LD_PRELOAD names the agent and is inherited by children, which are other programs, and the same again with the argument "child":
 * nothing may come on their output, and they end as they would.
 */
#include "zoo.h"

#include <sys/wait.h>

TRACED int traced_work(int value)
{
	return value + 1;
}

static void run(const char *path, const char *argument, int expected)
{
	int ends[2], status = -1;
	char byte;
	pid_t child;

	CHECK(!pipe(ends));
	child = fork();
	if (child == 0) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		execl(path, path, argument, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	CHECK(read(ends[0], &byte, 1) == 0);
	close(ends[0]);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

static void run_both(void)
{
	run("/proc/self/exe", "child", 42);
	run("/bin/false", NULL, 1);
	CHECK(traced_work(1) == 2);
	zoo_count(1);
	poll(NULL, 0, 20);
}

int main(int count, char **arguments)
{
	if (count == 2 && !strcmp(arguments[1], "child"))
		return traced_work(41);
	CHECK(getenv("LD_PRELOAD"));
	return zoo(run_both);
}
