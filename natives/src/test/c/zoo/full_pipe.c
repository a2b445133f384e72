/* Trap: stdout is a pipe that is full and that nobody reads. A tracer that logs there must not wait. */
#include "zoo.h"

#include <fcntl.h>
#include <pthread.h>

TRACED int traced_work(int value)
{
	return value + 1;
}

static void *work(void *unused)
{
	for (int i = 0; i < 10; i++)
		CHECK(traced_work(i) == i + 1);
	zoo_count(10);
	return unused;
}

static void work_in_two(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, work, NULL));
	work(NULL);
	pthread_join(thread, NULL);
}

int main(void)
{
	int ends[2];

	zoo_out = dup(1);
	CHECK(!pipe(ends) && dup2(ends[1], 1) == 1);
	CHECK(!fcntl(1, F_SETFL, O_NONBLOCK));
	while (write(1, "full", 4) == 4)
		;
	CHECK(!fcntl(1, F_SETFL, 0));
	return zoo(work_in_two);
}
