/*
 * "locked_hits THREADS ROUNDS": waits for SIGUSR1, then starts threads that allocate as if nothing else mattered: from their
 * first instruction on they are under malloc's locks, and call mmap there. Prints "ready", and at the end "done MALLOCS",
 * the calls of malloc that the threads have made. Ends at the second SIGUSR1.
 */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES = 8 };

static long rounds;

static void *allocate(void *unused)
{
	/* From a bin, from the top, and by mmap; none small enough for the thread's own cache. */
	static const size_t sizes[SIZES] = {2000, 30000, 5000, 3000000, 2500, 9000, 60000, 4000};
	char *blocks[SIZES];

	(void)unused;
	for (long i = 0; i < rounds; i++) {
		for (int n = 0; n < SIZES; n++) {
			blocks[n] = malloc(sizes[n]);
			memset(blocks[n], 1, 100);
		}
		for (int n = 0; n < SIZES; n++)
			free(blocks[n]);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 4, got;
	pthread_t threads[64];
	pthread_key_t key;
	sigset_t wake;

	rounds = argc > 2 ? atol(argv[2]) : 100;
	/* Keys that are created from now on have their values in memory that must be allocated. */
	if (argc > 3)
		for (int i = 0; i < 40; i++)
			pthread_key_create(&key, NULL);
	mallopt(M_MMAP_THRESHOLD, 1000000);
	mallopt(M_ARENA_MAX, 2);
	sigemptyset(&wake);
	sigaddset(&wake, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &wake, NULL);
	printf("ready\n");
	fflush(stdout);
	sigwait(&wake, &got);
	/* Twice: the second threads come when the first are gone. */
	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < count; i++)
			pthread_create(&threads[i], NULL, allocate, NULL);
		for (int i = 0; i < count; i++)
			pthread_join(threads[i], NULL);
	}
	printf("done %ld\n", 2 * count * rounds * SIZES);
	fflush(stdout);
	sigwait(&wake, &got);
	return 0;
}
