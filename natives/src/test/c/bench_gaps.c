/*
 * "bench_gaps LIBRARY...": loads them, then looks at the clock all the time. A line on stdin is answered with the longest gap between two
 * looks since the last one, in microseconds: how long all of it stood still.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

static uint64_t longest;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void *look(void *unused)
{
	for (uint64_t last = now(), next;; last = next) {
		next = now();
		if (next - last > __atomic_load_n(&longest, __ATOMIC_RELAXED))
			__atomic_store_n(&longest, next - last, __ATOMIC_RELAXED);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char line[16];

	for (int i = 1; i < argc; i++) {
		if (!dlopen(argv[i], RTLD_NOW)) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	}
	if (pthread_create(&thread, NULL, look, NULL))
		return 1;
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("%llu\n", (unsigned long long)__atomic_exchange_n(&longest, 0, __ATOMIC_RELAXED) / 1000);
		fflush(stdout);
	}
	return 0;
}
