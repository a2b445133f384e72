// "inject_threads COUNT [spin]": COUNT threads that sleep, or count in a loop. Prints "ready", runs for five minutes.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile unsigned long counts[1024];
static int spins;

static void *run(void *arg)
{
	volatile unsigned long *count = arg;
	while (spins) {
		++*count;
	}
	sleep(300);
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 1;
	spins = argc > 2 && !strcmp(argv[2], "spin");
	for (int i = 1; i < threads; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, run, (void *)&counts[i])) {
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	alarm(300);
	run((void *)&counts[0]);
	return 0;
}
