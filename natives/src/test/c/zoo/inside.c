/*
 * Trap: threads that stand within the bytes that a jump replaces. They wait in a system call whose instruction and whose next one are
 * among the 5 bytes, with all signals blocked, while tracepoints come and go.
 */
#include "zoo.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

#define THREADS 2

GAP;
ASSEMBLY("traced_read", "mov %ecx, %eax; syscall; ret");
GAP;
long traced_read(int fd, char *to, long size, long call);

static sem_t go[THREADS], done;
static int ends[THREADS][2];

static void *stand(void *argument)
{
	long which = (long)argument;
	char byte = 0;

	for (;; byte = 0) {
		sem_wait(&go[which]);
		CHECK(traced_read(ends[which][0], &byte, 1, SYS_read) == 1 && byte == 'x');
		sem_post(&done);
	}
	return NULL;
}

static void stand_all(void)
{
	for (int i = 0; i < THREADS; i++)
		sem_post(&go[i]);
	poll(NULL, 0, 4);
	for (int i = 0; i < THREADS; i++)
		CHECK(write(ends[i][1], "x", 1) == 1);
	for (int i = 0; i < THREADS; i++)
		sem_wait(&done);
	zoo_count(THREADS);
}

int main(void)
{
	sigset_t all, before;
	pthread_t thread;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (long i = 0; i < THREADS; i++)
		CHECK(!pipe(ends[i]) && !sem_init(&go[i], 0, 0) && !pthread_create(&thread, NULL, stand, (void *)i));
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return zoo(stand_all);
}
