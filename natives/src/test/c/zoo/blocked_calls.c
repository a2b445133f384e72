/* Trap: system calls that return EINTR when a thread is stopped, in a program without any signal handler. */
#include "zoo.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <time.h>

static int epoll, sockets[2], semaphores;
static sem_t never;

TRACED int traced_epoll(void)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, 5);
}

TRACED int traced_receive(void)
{
	char byte;

	return recv(sockets[0], &byte, 1, 0) == -1 && errno == EAGAIN;
}

TRACED int traced_semop(void)
{
	struct sembuf down = {0, -1, 0};
	struct timespec limit = {0, 5000000};

	return semtimedop(semaphores, &down, 1, &limit) == -1 && errno == EAGAIN;
}

TRACED int traced_sleep(void)
{
	struct timespec nap = {0, 5000000};

	return nanosleep(&nap, NULL);
}

TRACED int traced_futex(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 5000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return sem_timedwait(&never, &until) == -1 && errno == ETIMEDOUT;
}

static void *block(void *argument)
{
	switch ((long)argument) {
	case 0:
		CHECK(traced_epoll() == 0);
		break;
	case 1:
		CHECK(traced_receive());
		break;
	case 2:
		CHECK(traced_semop());
		break;
	case 3:
		CHECK(traced_sleep() == 0);
		break;
	default:
		CHECK(traced_futex());
	}
	return NULL;
}

static void block_all(void)
{
	pthread_t threads[5];

	for (long i = 0; i < 5; i++)
		CHECK(!pthread_create(&threads[i], NULL, block, (void *)i));
	for (int i = 0; i < 5; i++)
		pthread_join(threads[i], NULL);
	zoo_count(5);
}

int main(void)
{
	struct timeval limit = {0, 5000};
	int status;

	epoll = epoll_create1(0);
	semaphores = semget(IPC_PRIVATE, 1, 0600);
	CHECK(epoll >= 0 && semaphores >= 0 && !sem_init(&never, 0, 0) &&
	      !socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	CHECK(!setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)));
	status = zoo(block_all);
	semctl(semaphores, 0, IPC_RMID);
	return status;
}
