/* Trap: threads that end in the midst of traced functions, by pthread_exit; what they have pushed for their end must run. */
#include "zoo.h"

#include <pthread.h>

#define THREADS 2

static long cleaned;

static void clean(void *amount)
{
	__atomic_fetch_add(&cleaned, (long)amount, __ATOMIC_RELAXED);
}

TRACED void traced_last(long value)
{
	pthread_exit((void *)(value + 1));
}

TRACED void traced_leaving(long value)
{
	pthread_cleanup_push(clean, (void *)value);
	traced_last(value);
	pthread_cleanup_pop(0);
}

static void *leave(void *value)
{
	traced_leaving((long)value);
	return NULL;
}

static void leave_all(void)
{
	pthread_t threads[THREADS];
	void *result;

	cleaned = 0;
	for (long i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, leave, (void *)(i + 1)));
	for (long i = 0; i < THREADS; i++)
		CHECK(!pthread_join(threads[i], &result) && (long)result == i + 2);
	CHECK(cleaned == 3);
	zoo_count(2 * THREADS);
}

int main(void)
{
	/* The exits of threads that are gone are noticed when others take over their blocks. */
	zoo_open = 1000;
	return zoo(leave_all);
}
