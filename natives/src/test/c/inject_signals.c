// "inject_signals SECONDS": signals at about 2 kHz, handled by a thread that blocks in read without SA_RESTART, on an alternate stack.
// Each signal of the timer must end a read with EINTR or be handled in between; a byte written for each handled signal must arrive.
// Prints "ready", then "ok HANDLED" or what is wrong.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t handled;
static int ends[2];
static char stack[65536];

static void handle(int signal)
{
	(void)signal;
	int error = errno;
	double x = handled * 0.5;
	handled++;
	if (x < 0 || write(ends[1], "s", 1) != 1) {
		_exit(3);
	}
	errno = error;
}

static void *sender(void *arg)
{
	pthread_t *main_thread = arg;
	for (;;) {
		struct timespec little = {0, 300000};
		nanosleep(&little, NULL);
		pthread_kill(*main_thread, SIGUSR1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t self = pthread_self(), id;
	stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
	struct itimerval every = {{0, 500}, {0, 500}};
	sigset_t set, first;
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 3);
	if (pipe(ends) || sigaltstack(&alternate, NULL)) {
		return 2;
	}
	pthread_sigmask(SIG_BLOCK, NULL, &first);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&id, NULL, sender, &self);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	puts("ready");
	fflush(stdout);
	long bytes = 0;
	while (time(NULL) <= end) {
		char buffer[64];
		ssize_t got = read(ends[0], buffer, sizeof buffer);
		if (got < 0 && errno != EINTR) {
			printf("read failed with errno %d\n", errno);
			return 1;
		}
		bytes += got > 0 ? got : 0;
	}
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigset_t now;
	pthread_sigmask(SIG_BLOCK, NULL, &now);
	for (int signal = 1; signal < 32; signal++) {
		if (sigismember(&now, signal) != (sigismember(&first, signal) || sigismember(&set, signal))) {
			printf("signal %d has the wrong mask\n", signal);
			return 1;
		}
	}
	close(ends[1]);
	char buffer[64];
	for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
		bytes += got;
	}
	if (bytes != handled) {
		printf("%ld bytes for %ld signals\n", bytes, (long)handled);
		return 1;
	}
	printf("ok %ld\n", bytes);
	return 0;
}
