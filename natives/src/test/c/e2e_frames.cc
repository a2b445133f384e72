// Threads that recurse, longjmp over three frames, throw through three frames, compute with doubles and walk their stack,
// and check each result. A number on stdin: that many threads do that many rounds each, then "done" is printed.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <execinfo.h>
#include <pthread.h>
#include <stdexcept>

#define TRACED extern "C" __attribute__((noinline))

static thread_local jmp_buf landing;
static long rounds;

static void wrong(const char *what)
{
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

TRACED long deep(long n)
{
	if (n == 0)
		return 0;
	long below = deep(n - 1) + 1;
	asm volatile("");
	return below;
}

TRACED void jump_inner(int jump)
{
	asm volatile("");
	if (jump)
		longjmp(landing, 1);
}

TRACED void jump_middle(int jump)
{
	jump_inner(jump);
	asm volatile("");
}

TRACED void jump_outer(int jump)
{
	jump_middle(jump);
	asm volatile("");
}

TRACED void throw_inner(int number)
{
	asm volatile("");
	if (number)
		throw std::runtime_error("thrown");
}

TRACED void throw_middle(int number)
{
	struct Guard {
		int &count;
		~Guard()
		{
			count++;
		}
	};
	int count = 0;
	Guard guard{count};
	throw_inner(number);
	asm volatile("");
}

TRACED void throw_outer(int number)
{
	throw_middle(number);
	asm volatile("");
}

TRACED double multiply(double a, double b)
{
	return a * b + 1;
}

TRACED int walk()
{
	void *frames[64];
	int depth = backtrace(frames, 64);
	asm volatile("");
	return depth;
}

// A function of its own: setjmp() leaves its caller's variables undefined.
static __attribute__((noinline)) void jump()
{
	if (!setjmp(landing))
		jump_outer(1);
}

static void *run(void *)
{
	for (long i = 0; i < rounds; i++) {
		if (deep(10000) != 10000)
			wrong("deep");
		jump();
		try {
			throw_outer(1);
			wrong("nothing thrown");
		} catch (std::runtime_error &) {
		}
		if (multiply(2.0, 3.5) != 8.0)
			wrong("multiply");
		if (walk() < 3)
			wrong("walk");
	}
	return nullptr;
}

int main()
{
	pthread_t threads[8];
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 32 << 20);
	puts("ready");
	fflush(stdout);
	while (scanf("%ld", &rounds) == 1) {
		for (pthread_t &thread : threads)
			pthread_create(&thread, &attributes, run, nullptr);
		for (pthread_t &thread : threads)
			pthread_join(thread, nullptr);
		puts("done");
		fflush(stdout);
	}
}
