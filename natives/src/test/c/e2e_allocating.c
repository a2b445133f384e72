/* 4 threads that allocate and free 1000 times each, for each line of stdin: "done". */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4

void *get(size_t size);

__attribute__((noinline)) void *get(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		abort();
	return memset(memory, 1, size);
}

static void *work(void *unused)
{
	for (size_t i = 1; i <= 1000; i++)
		free(get(i));
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];
	char line[16];

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		for (int i = 0; i < THREADS; i++)
			if (pthread_create(&threads[i], NULL, work, NULL))
				return 1;
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		printf("done\n");
	}
	return 0;
}
