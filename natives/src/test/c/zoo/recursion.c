/* Trap: recursion, in more than one thread. */
#include "zoo.h"

#include <pthread.h>

TRACED long traced_deep(long n)
{
	return n ? traced_deep(n - 1) + n : 0;
}

static void *go_deep(void *unused)
{
	CHECK(traced_deep(99) == 4950);
	zoo_count(100);
	return unused;
}

static void go_deep_in_two(void)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, go_deep, NULL));
	go_deep(NULL);
	pthread_join(thread, NULL);
}

int main(void)
{
	return zoo(go_deep_in_two);
}
