/* Trap: vfork within a traced function: the child runs on its parent's stack, calls traced functions there and becomes another program. */
#include "zoo.h"

#include <sys/wait.h>

TRACED int traced_in_child(int value)
{
	return value + 1;
}

TRACED pid_t traced_spawn(int executing)
{
	pid_t child = vfork();

	if (child == 0) {
		if (traced_in_child(1) != 2)
			_exit(2);
		if (executing)
			execl("/bin/true", "true", (char *)NULL);
		_exit(0);
	}
	return child;
}

static void spawn(void)
{
	for (int i = 0; i < 2; i++) {
		int status = -1;
		pid_t child = traced_spawn(i);

		CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
	}
	zoo_count(4);
	poll(NULL, 0, 10);
}

int main(void)
{
	return zoo(spawn);
}
