/* Trap: a tracepoint on malloc, which tracers and libraries of theirs may call. Traced: malloc of libc. */
#include "zoo.h"

#include <pthread.h>

#define THREADS 3

static pthread_barrier_t begin, end;

static void allocate(void)
{
	char *memory[10];

	for (int i = 0; i < 10; i++) {
		memory[i] = malloc((size_t)(i * 100 + 1));
		CHECK(memory[i]);
		memset(memory[i], i, (size_t)(i * 100 + 1));
	}
	for (int i = 0; i < 10; i++) {
		for (int j = 0; j < i * 100 + 1; j++)
			CHECK(memory[i][j] == i);
		free(memory[i]);
	}
	zoo_count(10);
}

static void *allocate_again(void *unused)
{
	for (;;) {
		pthread_barrier_wait(&begin);
		allocate();
		pthread_barrier_wait(&end);
	}
	return unused;
}

static void allocate_in_all(void)
{
	pthread_barrier_wait(&begin);
	allocate();
	pthread_barrier_wait(&end);
}

int main(void)
{
	pthread_t thread;

	pthread_barrier_init(&begin, NULL, THREADS + 1);
	pthread_barrier_init(&end, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&thread, NULL, allocate_again, NULL));
	return zoo(allocate_in_all);
}
