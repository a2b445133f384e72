/*
 * Trap: exec in the midst of a traced function, by fork, posix_spawn and system; what is executed knows nothing of tracepoints and has no
 * descriptor of ours.
 */
#include "zoo.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

TRACED void traced_exec(const char *path)
{
	execl(path, path, (char *)NULL);
}

TRACED int traced_spawn(pid_t *child)
{
	static char name[] = "true";
	char *arguments[] = {name, NULL};

	return posix_spawn(child, "/bin/true", NULL, NULL, arguments, environ);
}

TRACED int traced_system(void)
{
	return system("for f in /proc/self/fd/*; do [ ${f##*/} -lt 100 ] || exit 1; done; exit 7");
}

static int ended(pid_t child)
{
	int status = -1;

	return waitpid(child, &status, 0) == child && status == 0;
}

static void execute(void)
{
	pid_t child = fork();

	if (child == 0) {
		traced_exec("/bin/true");
		_exit(1);
	}
	CHECK(child > 0 && ended(child));
	CHECK(!traced_spawn(&child) && ended(child));
	CHECK(WEXITSTATUS(traced_system()) == 7);
	zoo_count(2);
	poll(NULL, 0, 20);
}

int main(void)
{
	return zoo(execute);
}
