/*
 * What the end-to-end tests trace. Does what lines on stdin say, and answers each with "done":
 *   calls N            calls callee N times
 *   threads T N        T threads call callee N times each
 *   recurse DEPTH      enters recursion to this depth
 *   jump N             N times out of three frames at once
 *   spin T             T threads call callee until "stop", which answers how often: "done COUNT"
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 64

static jmp_buf back;
static atomic_bool stopping;
static volatile long seen;

__attribute__((noinline, noclone)) long callee(long value)
{
	return value * 3 + seen;
}

__attribute__((noinline, noclone)) long recursion(long depth)
{
	long below = depth > 1 ? recursion(depth - 1) : 0;

	return below + 1 + seen;
}

__attribute__((noinline, noclone)) void jump_inner(void)
{
	if (seen == 0)
		longjmp(back, 1);
	seen++;
}

__attribute__((noinline, noclone)) void jump_middle(void)
{
	jump_inner();
	seen++;
}

__attribute__((noinline, noclone)) void jump_outer(void)
{
	jump_middle();
	seen++;
}

__attribute__((noinline, noclone)) int guarded(void)
{
	if (setjmp(back) == 0) {
		jump_outer();
		return 1;
	}
	return 0;
}

static void *call(void *count)
{
	for (long i = 0; i < (long)count; i++)
		if (callee(i) != i * 3)
			abort();
	return NULL;
}

static void *spin(void *unused)
{
	long count = 0;

	(void)unused;
	while (!stopping) {
		if (callee(count) != count * 3)
			abort();
		count++;
	}
	return (void *)count;
}

static int start(pthread_t *threads, long count, void *(*run)(void *), long argument)
{
	for (long i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)argument))
			abort();
	return (int)count;
}

static long join(pthread_t *threads, int count)
{
	long sum = 0;

	for (int i = 0; i < count; i++) {
		void *one;

		pthread_join(threads[i], &one);
		sum += (long)one;
	}
	return sum;
}

int main(void)
{
	static pthread_t threads[THREADS];
	int spinning = 0;
	char line[100];

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		long first = 0, second = 0, result = 0;
		char word[20] = "";

		sscanf(line, "%19s %ld %ld", word, &first, &second);
		if (first > THREADS && (!strcmp(word, "threads") || !strcmp(word, "spin")))
			return 2;
		if (!strcmp(word, "calls")) {
			call((void *)first);
		} else if (!strcmp(word, "threads")) {
			result = join(threads, start(threads, first, call, second));
		} else if (!strcmp(word, "recurse")) {
			result = recursion(first);
		} else if (!strcmp(word, "jump")) {
			for (long i = 0; i < first; i++)
				result += guarded();
		} else if (!strcmp(word, "spin")) {
			stopping = false;
			spinning = start(threads, first, spin, 0);
		} else if (!strcmp(word, "stop")) {
			stopping = true;
			result = join(threads, spinning);
		} else {
			return 2;
		}
		printf("done %ld\n", result);
	}
	return 0;
}
