// "inject_malloc THREADS": that many threads, main among them, do nothing but malloc, realloc and free. Prints "ready". On SIGTERM,
// or after five minutes, each has checked all its blocks: "ok ROUNDS LONGEST", the longest time in ms that a thread got no round done.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCKS = 64 };

static volatile sig_atomic_t ended;
static atomic_long done;
static atomic_long damaged;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static void *churn(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	unsigned char *blocks[BLOCKS] = {0};
	size_t sizes[BLOCKS] = {0};
	while (!ended) {
		unsigned i = (unsigned)rand_r(&seed) % BLOCKS;
		size_t size = 16 + (size_t)rand_r(&seed) % 5000;
		if (blocks[i] && (blocks[i][0] != i || blocks[i][sizes[i] - 1] != i)) {
			damaged++;
		}
		free(blocks[i]);
		blocks[i] = malloc(size);
		sizes[i] = size;
		blocks[i][0] = blocks[i][size - 1] = (unsigned char)i;
		done++;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 8;
	struct sigaction action = {.sa_handler = end};
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	alarm(300);
	pthread_t ids[64];
	for (int i = 1; i < threads; i++) {
		pthread_create(&ids[i], NULL, churn, (void *)(uintptr_t)(i + 1));
	}
	if (write(1, "ready\n", 6) != 6) {
		return 2;
	}
	churn((void *)(uintptr_t)1);
	for (int i = 1; i < threads; i++) {
		pthread_join(ids[i], NULL);
	}
	printf(damaged ? "damaged %ld\n" : "ok %ld\n", damaged ? (long)damaged : (long)done);
	return damaged != 0;
}
