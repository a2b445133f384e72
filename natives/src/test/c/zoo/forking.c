/* Trap: fork from within a traced function, in a program with threads. The children call traced functions, too, and end in both ways. */
#include "zoo.h"

#include <pthread.h>
#include <sys/wait.h>

TRACED long traced_both(long value)
{
	return value * 2 + 1;
}

TRACED pid_t traced_fork(void)
{
	return fork();
}

static void have_children(void)
{
	for (int i = 0; i < 2; i++) {
		int status = -1;
		pid_t child = traced_fork();

		if (child == 0) {
			for (long j = 0; j < 5; j++)
				if (traced_both(j) != j * 2 + 1)
					_exit(2);
			if (i)
				exit(0);
			_exit(0);
		}
		CHECK(child > 0 && traced_both(1) == 3);
		CHECK(waitpid(child, &status, 0) == child && status == 0);
	}
	zoo_count(4);
	poll(NULL, 0, 20);
}

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int main(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, wait_for_ever, NULL));
	return zoo(have_children);
}
