/* Trap: errno, at a thread's first hit and at later ones. */
#include "zoo.h"

#include <errno.h>
#include <pthread.h>

TRACED int traced_work(int value)
{
	return value + 1;
}

static void *work(void *unused)
{
	for (int i = 0; i < 10; i++) {
		errno = 1000 + i;
		CHECK(traced_work(i) == i + 1);
		CHECK(errno == 1000 + i);
	}
	zoo_count(10);
	return unused;
}

static void work_in_two(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, work, NULL));
	pthread_join(thread, NULL);
	work(NULL);
}

int main(void)
{
	return zoo(work_in_two);
}
