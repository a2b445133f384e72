/* Trap: threads that are cancelled in the midst of traced functions; what they have pushed for their end must run. */
#include "zoo.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t inside, never;
static int cleaned;

static void clean(void *unused)
{
	(void)unused;
	cleaned++;
}

TRACED void traced_blocked(void)
{
	sem_post(&inside);
	sem_wait(&never);
	CHECK(!"cancelled");
}

TRACED void traced_around(void)
{
	pthread_cleanup_push(clean, NULL);
	traced_blocked();
	pthread_cleanup_pop(0);
}

static void *run(void *unused)
{
	traced_around();
	return unused;
}

static void cancel(void)
{
	pthread_t thread;
	void *result;

	cleaned = 0;
	CHECK(!pthread_create(&thread, NULL, run, NULL) && !sem_wait(&inside));
	CHECK(!pthread_cancel(thread) && !pthread_join(thread, &result));
	CHECK(result == PTHREAD_CANCELED && cleaned == 1);
	zoo_count(2);
}

int main(void)
{
	CHECK(!sem_init(&inside, 0, 0) && !sem_init(&never, 0, 0));
	/* See thread_ends. */
	zoo_open = 1000;
	return zoo(cancel);
}
