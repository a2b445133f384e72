// The worst place to be stopped at: a signal handler that interrupted malloc, and that waits. Prints "ready" when it is there; after
// two seconds the handler returns, and it prints "ok". malloc is made to fault: it has to write a chunk's header into a page that was
// made read-only. With an argument there was a second thread once, so that malloc holds its lock then; else it takes none.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static char *page;

static void fault(int signal)
{
	(void)signal;
	static const char ready[] = "ready\n";
	struct timespec two = {2, 0};
	if (write(1, ready, sizeof ready - 1) < 0) {
		_exit(2);
	}
	nanosleep(&two, NULL);
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void *nothing(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t id;
	(void)argv;
	if (argc > 1 && (pthread_create(&id, NULL, nothing, NULL) || pthread_detach(id))) {
		return 2;
	}
	usleep(10000);
	struct sigaction action = {.sa_handler = fault};
	sigaction(SIGSEGV, &action, NULL);
	// The free chunk's header in a page that can't be written makes malloc fault with the arena locked.
	char *big = malloc(100000);
	char *after = malloc(100);
	if (!big || !after) {
		return 2;
	}
	page = (char *)(((unsigned long)big + 50000) & ~4095UL);
	size_t until = (size_t)(page - big) + 64;
	unsigned long address = (unsigned long)big;
	free(big);
	mprotect(page, 4096, PROT_READ);
	// Splits the free chunk so that the remainder's header lies in that page.
	char *split = malloc(until);
	puts((unsigned long)split == address ? "ok " : "not there");
	fflush(stdout);
	return 0;
}
