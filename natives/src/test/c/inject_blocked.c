// Makes one blocking call that must last a second and end as if nobody had looked: "inject_blocked CALL" prints
// "ready", then "ok MILLISECONDS" or what went wrong. A child of its own wakes it where something has to.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

static void *sleeper(void *arg)
{
	sleep(1);
	return arg;
}

static void nothing(int signal)
{
	(void)signal;
}

// Starts a child that does what wakes us, a second from now.
static void wake_later(void (*wake)(void))
{
	pid_t parent = getpid();
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sleep(1);
		if (wake) {
			wake();
		} else {
			kill(parent, SIGUSR1);
		}
		_exit(0);
	}
}

static void write_byte(void)
{
	if (write(ends[1], "x", 1) != 1) {
		_exit(1);
	}
}

static long blocking_call(const char *call)
{
	char byte;
	if (!strcmp(call, "nanosleep")) {
		struct timespec one = {1, 0}, rest;
		return nanosleep(&one, &rest);
	}
	if (!strcmp(call, "clock_nanosleep")) {
		struct timespec one = {1, 0}, rest;
		return clock_nanosleep(CLOCK_MONOTONIC, 0, &one, &rest) ? -1 : 0;
	}
	if (!strcmp(call, "poll_timeout")) {
		return poll(NULL, 0, 1000);
	}
	if (!strcmp(call, "select")) {
		struct timeval one = {1, 0};
		return select(0, NULL, NULL, NULL, &one);
	}
	if (!strcmp(call, "join")) {
		pthread_t thread;
		return pthread_create(&thread, NULL, sleeper, NULL) || pthread_join(thread, NULL) ? -1 : 0;
	}
	if (!strcmp(call, "futex")) {
		int word = 0;
		struct timespec one = {1, 0};
		long result = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &one, NULL, 0);
		return result == -1 && errno == ETIMEDOUT ? 0 : -1;
	}
	if (!strcmp(call, "pause_eintr")) {
		// A handler without SA_RESTART must still end the call with EINTR.
		struct sigaction action = {.sa_handler = nothing};
		sigaction(SIGUSR1, &action, NULL);
		wake_later(NULL);
		return read(ends[0], &byte, 1) == -1 && errno == EINTR ? 0 : -1;
	}
	if (!strcmp(call, "sigtimedwait")) {
		sigset_t set;
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		sigprocmask(SIG_BLOCK, &set, NULL);
		wake_later(NULL);
		return sigwaitinfo(&set, NULL) == SIGUSR1 ? 0 : -1;
	}
	if (!strcmp(call, "semop")) {
		int id = semget(IPC_PRIVATE, 1, 0600);
		struct sembuf down = {0, -1, 0};
		struct timespec one = {1, 0};
		long result = semtimedop(id, &down, 1, &one);
		int error = errno;
		semctl(id, 0, IPC_RMID);
		return result == -1 && error == EAGAIN ? 0 : -1;
	}
	wake_later(write_byte);
	if (!strcmp(call, "read")) {
		return read(ends[0], &byte, 1) - 1;
	}
	if (!strcmp(call, "recv_timeout")) {
		struct timeval long_time = {30, 0};
		setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time);
		return recv(ends[0], &byte, 1, 0) - 1;
	}
	if (!strcmp(call, "poll")) {
		struct pollfd fd = {ends[0], POLLIN, 0};
		return poll(&fd, 1, 30000) - 1;
	}
	if (!strcmp(call, "epoll_wait")) {
		struct epoll_event event = {EPOLLIN, {0}};
		int epoll = epoll_create1(0);
		epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
		return epoll_wait(epoll, &event, 1, -1) - 1;
	}
	fprintf(stderr, "unknown call %s\n", call);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *call = argc > 1 ? argv[1] : "nanosleep";
	struct timespec before, after;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) {
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	clock_gettime(CLOCK_MONOTONIC, &before);
	errno = 0;
	long result = blocking_call(call);
	int error = errno;
	clock_gettime(CLOCK_MONOTONIC, &after);
	long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	if (result) {
		printf("bad result %ld errno %d after %ld ms\n", result, error, ms);
	} else {
		printf("ok %ld\n", ms);
	}
	// Stay, so that a look at us after the call is possible.
	sleep(argc > 2 ? (unsigned)atoi(argv[2]) : 0);
	return result != 0;
}
