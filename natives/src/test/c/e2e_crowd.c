/*
 * 2,000 functions, and 16 threads that call them in ever another order and check each result. Threads end after a while and others
 * begin; fewer, if an argument says so, down to none. A line on stdin ends it; then it tells how many calls there were and how many
 * results were wrong.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUNCTIONS 2000
#define THREADS 16
#define CALLS 20000 /* of one thread's life */

/* Of different shapes: a switch, a loop back to the beginning, recursion, calls through pointers, red zone. */
#define CROWD(n)                                                                                                       \
	__attribute__((noinline, noclone)) uint64_t crowd_##n(uint64_t a, unsigned int depth)                          \
	{                                                                                                              \
		volatile uint64_t kept[2] = {a, n};                                                                    \
		switch ((a + n) % 7) {                                                                                 \
		case 0:                                                                                                \
			a ^= n * 3ULL;                                                                                 \
			break;                                                                                         \
		case 1:                                                                                                \
			a += n;                                                                                        \
			break;                                                                                         \
		case 2:                                                                                                \
			a = a << 7 | a >> 57;                                                                          \
			break;                                                                                         \
		case 3:                                                                                                \
			for (int i = 0; i < n % 5; i++)                                                                \
				a = a * 31 + (uint64_t)i;                                                              \
			break;                                                                                         \
		case 4:                                                                                                \
			a -= n * 7ULL;                                                                                 \
			break;                                                                                         \
		default:                                                                                               \
			a = ~a;                                                                                        \
		}                                                                                                      \
		if (depth)                                                                                             \
			a ^= crowd_##n(a, depth - 1) + kept[1];                                                        \
		return a + kept[0];                                                                                    \
	}
/* clang-format off */
#define TEN(m, n) m(n##0) m(n##1) m(n##2) m(n##3) m(n##4) m(n##5) m(n##6) m(n##7) m(n##8) m(n##9)
#define HUNDRED(m, n)                                                                                                  \
	TEN(m, n##0)                                                                                                   \
	TEN(m, n##1) TEN(m, n##2) TEN(m, n##3) TEN(m, n##4) TEN(m, n##5) TEN(m, n##6) TEN(m, n##7) TEN(m, n##8)        \
		TEN(m, n##9)
#define THOUSAND(m, n)                                                                                                 \
	HUNDRED(m, n##0)                                                                                               \
	HUNDRED(m, n##1) HUNDRED(m, n##2) HUNDRED(m, n##3) HUNDRED(m, n##4) HUNDRED(m, n##5) HUNDRED(m, n##6)          \
		HUNDRED(m, n##7) HUNDRED(m, n##8) HUNDRED(m, n##9)
THOUSAND(CROWD, 1)
THOUSAND(CROWD, 2)
/* clang-format on */

#define ENTRY(n) crowd_##n,
static uint64_t (*const crowd[])(uint64_t, unsigned int) = {THOUSAND(ENTRY, 1) THOUSAND(ENTRY, 2)};
_Static_assert(sizeof(crowd) / sizeof(crowd[0]) == FUNCTIONS, "all of them");

static uint64_t expected[FUNCTIONS];
static volatile int ending;
static uint64_t calls, wrong;

static unsigned int depth_of(unsigned int function)
{
	return function % 4;
}

static void *call(void *seed)
{
	uint64_t state = (uintptr_t)seed * 2654435761u + 1, bad = 0, done = 0;

	for (; done < CALLS && !ending; done++) {
		unsigned int function = (unsigned int)(state >> 33) % FUNCTIONS;

		state = state * 6364136223846793005u + 1442695040888963407u;
		bad += crowd[function](function, depth_of(function)) != expected[function];
	}
	__atomic_fetch_add(&calls, done, __ATOMIC_RELAXED);
	__atomic_fetch_add(&wrong, bad, __ATOMIC_RELAXED);
	return NULL;
}

/* Keeps one place filled with one thread after the other. */
static void *keep(void *seed)
{
	for (uintptr_t i = 0; !ending; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, call, (void *)((uintptr_t)seed + i * THREADS)))
			abort();
		pthread_join(thread, NULL);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : THREADS;
	pthread_t keepers[THREADS];
	char line[16];

	for (unsigned int i = 0; i < FUNCTIONS; i++)
		expected[i] = crowd[i](i, depth_of(i));
	for (uintptr_t i = 0; i < (uintptr_t)threads; i++)
		if (pthread_create(&keepers[i], NULL, keep, (void *)i))
			abort();
	printf("ready\n");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	ending = 1;
	for (int i = 0; i < threads; i++)
		pthread_join(keepers[i], NULL);
	printf("calls %llu wrong %llu\n", (unsigned long long)calls, (unsigned long long)wrong);
	return 0;
}
