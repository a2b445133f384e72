/*
 * "plugin_host PLUGIN": loads a library and waits: "ready".
 *   SIGUSR1  calls its function work 1000 times: "worked"
 *   SIGUSR2  unloads it, and maps memory full of 0xe9 wherever it was, executable as it was: "replaced"
 *   SIGHUP   tells whether that memory is as it was: "intact" or "changed"; then loads and unloads the library until SIGTERM
 *   SIGTERM  "ok ROUNDS", or "wrong"
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static atomic_bool stopping;
static atomic_long rounds;
static const char *path;
static unsigned char *replaced;
static size_t size;

static void *load(void)
{
	void *handle = dlopen(path, RTLD_NOW);

	if (!handle) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}
	return handle;
}

static void work(void *handle, long times)
{
	long (*function)(long);

	*(void **)&function = dlsym(handle, "work");
	for (long i = 0; i < times; i++)
		if (function(i) != i * 3 + 1) {
			printf("wrong\n");
			exit(2);
		}
}

static void *churn(void *unused)
{
	(void)unused;
	while (!stopping) {
		void *handle = load();

		work(handle, 1000);
		dlclose(handle);
		rounds++;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	sigset_t told;
	void *handle;
	int got = 0;

	path = argc > 1 ? argv[1] : "";
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigfillset(&told);
	pthread_sigmask(SIG_BLOCK, &told, NULL);
	handle = load();
	printf("ready\n");
	while (got != SIGTERM) {
		sigwait(&told, &got);
		if (got == SIGUSR1) {
			work(handle, 1000);
			printf("worked\n");
		} else if (got == SIGUSR2) {
			uintptr_t at = (uintptr_t)dlsym(handle, "work") & ~4095UL;

			dlclose(handle);
			replaced = mmap((void *)at, 4096, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
			if (replaced == MAP_FAILED)
				return 2;
			memset(replaced, 0xe9, size = 4096);
			mprotect(replaced, size, PROT_READ | PROT_EXEC);
			printf("replaced\n");
		} else if (got == SIGHUP) {
			bool intact = true;

			for (size_t i = 0; i < size; i++)
				intact &= replaced[i] == 0xe9;
			printf(intact ? "intact\n" : "changed\n");
			pthread_create(&thread, NULL, churn, NULL);
		}
	}
	stopping = true;
	if (replaced)
		pthread_join(thread, NULL);
	printf("ok %ld\n", (long)rounds);
	return 0;
}
