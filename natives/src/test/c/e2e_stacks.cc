/*
 * What does strange things to stacks, once for each line of stdin: coroutines that switch in the midst of functions, threads that are
 * cancelled or leave in the midst of functions, children by vfork that call functions and execute another program in the midst of
 * one. Answers "done" when all was as it should be, else says what was not and ends with 1. For a round: work 1 + 40 + 2, yielding 40,
 * blocked 1, leaving 1, spawning 2, unwound 1; blocked, leaving and one of spawning don't return.
 */
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define FUNCTION extern "C" __attribute__((noinline, noipa))

static int destroyed;

struct Witness {
	~Witness()
	{
		destroyed++;
	}
};

static void fail(const char *what)
{
	printf("%s\n", what);
	fflush(stdout);
	_exit(1);
}

FUNCTION long work(long value)
{
	return value * 3 + 1;
}

/* Coroutines: each yields ten times inside of yielding. */

enum { COROUTINES = 4, YIELDS = 10, STACK = 64 * 1024 };

static ucontext_t scheduler, coroutines[COROUTINES];
static char stacks[COROUTINES][STACK];
static long sums[COROUTINES];

FUNCTION long yielding(long which, long value)
{
	long before = work(value);

	if (swapcontext(&coroutines[which], &scheduler))
		fail("swapcontext");
	return before + value;
}

static void run(int which)
{
	for (long i = 0; i < YIELDS; i++)
		sums[which] += yielding(which, i);
}

static void coroutine_round(void)
{
	for (int i = 0; i < COROUTINES; i++) {
		sums[i] = 0;
		getcontext(&coroutines[i]);
		coroutines[i].uc_stack.ss_sp = stacks[i];
		coroutines[i].uc_stack.ss_size = STACK;
		coroutines[i].uc_link = &scheduler;
		makecontext(&coroutines[i], (void (*)())run, 1, i);
	}
	for (int turn = 0; turn <= YIELDS; turn++)
		for (auto &coroutine : coroutines)
			if (swapcontext(&scheduler, &coroutine))
				fail("swapcontext");
	for (long sum : sums)
		if (sum != 190)
			fail("a coroutine's sum");
}

/* Threads. */

static int pipe_ends[2];

FUNCTION void blocked(void)
{
	Witness witness;
	char byte;

	if (write(pipe_ends[1], "b", 1) != 1)
		fail("write");
	for (;;)
		if (pause() == 0 && read(0, &byte, 0))
			break;
}

FUNCTION void leaving(void)
{
	Witness witness;

	pthread_exit((void *)work(1));
}

static void *block(void *)
{
	blocked();
	return nullptr;
}

static void *leave(void *)
{
	leaving();
	return nullptr;
}

static void thread_round(void)
{
	pthread_t thread;
	void *result;
	char byte;

	destroyed = 0;
	if (pipe(pipe_ends) || pthread_create(&thread, nullptr, block, nullptr) || read(pipe_ends[0], &byte, 1) != 1 ||
	    pthread_cancel(thread) || pthread_join(thread, &result))
		fail("cancel");
	if (result != PTHREAD_CANCELED || destroyed != 1)
		fail("a cancelled thread's destructors");
	if (pthread_create(&thread, nullptr, leave, nullptr) || pthread_join(thread, &result))
		fail("leave");
	if (result != (void *)4 || destroyed != 2)
		fail("a leaving thread's destructors");
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

/* Children that run on the parent's stack. */

FUNCTION int spawning(bool executing)
{
	int status;
	pid_t child = vfork();

	if (child == 0) {
		if (work(2) != 7)
			_exit(2);
		if (executing)
			execl("/bin/true", "true", (char *)nullptr);
		_exit(0);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

/* An exception through a function that is entered on a coroutine's stack before. */

FUNCTION void unwound(void)
{
	Witness witness;

	throw 42;
}

int main()
{
	char line[16];

	setvbuf(stdout, nullptr, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		coroutine_round();
		thread_round();
		if (!spawning(false) || !spawning(true))
			fail("a child");
		try {
			unwound();
			fail("no exception");
		} catch (int thrown) {
			if (thrown != 42 || destroyed != 3)
				fail("an exception");
		}
		printf("done\n");
	}
	return 0;
}
