/*
 * "hot_threads THREADS": that many threads call hot and warm in a tight loop and check what they return. Prints "ready".
 *   SIGUSR1  a handler, on a stack of its own: if it interrupted neither this program nor libc's code, which is a trampoline then,
 *            it says "caught" and stays until SIGUSR2
 *   SIGHUP   a thread more enters stays, says "inside", and returns after SIGUSR2: "returned"
 *   SIGTERM  "ok CALLS", or "wrong"
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

extern char __executable_start, etext;

static atomic_bool stopping, caught, released, wrong;
static atomic_long calls;
static volatile long seen;

static void say(const char *text)
{
	if (write(1, text, strlen(text)) < 0)
		abort();
}

__attribute__((noinline, noclone)) long hot(long value)
{
	return value * 3 + seen;
}

__attribute__((noinline, noclone)) long warm(long value)
{
	return value * 5 - seen;
}

__attribute__((noinline, noclone)) long stays(long value)
{
	say("inside\n");
	while (!released)
		usleep(1000);
	return value * 7 - seen;
}

static void interrupted(int signal, siginfo_t *info, void *context)
{
	char *pc = (char *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

	(void)signal;
	(void)info;
	if ((pc >= &__executable_start && pc < &etext) || atomic_exchange(&caught, true))
		return;
	say("caught\n");
	while (!released)
		;
}

static void *loop(void *unused)
{
	stack_t stack = {.ss_size = 65536, .ss_sp = malloc(65536)};
	long i;

	(void)unused;
	if (!stack.ss_sp || sigaltstack(&stack, NULL))
		abort();
	for (i = 0; !stopping; i++)
		if (hot(i) != i * 3 || warm(i) != i * 5)
			wrong = true;
	calls += i;
	return NULL;
}

static void *stay(void *unused)
{
	(void)unused;
	say(stays(6) == 42 ? "returned\n" : "wrong\n");
	return NULL;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 4, got = 0;
	struct sigaction action = {.sa_sigaction = interrupted, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	pthread_t threads[64], more;
	sigset_t told;

	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&told);
	sigaddset(&told, SIGUSR2);
	sigaddset(&told, SIGHUP);
	sigaddset(&told, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &told, NULL);
	for (int i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, loop, NULL);
	/* The threads that loop are the ones to interrupt. */
	sigaddset(&told, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &told, NULL);
	sigdelset(&told, SIGUSR1);
	say("ready\n");
	while (got != SIGTERM) {
		sigwait(&told, &got);
		if (got == SIGUSR2)
			released = true;
		if (got == SIGHUP)
			pthread_create(&more, NULL, stay, NULL);
	}
	stopping = true;
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf(wrong ? "wrong\n" : "ok %ld\n", (long)calls);
	return 0;
}
