/*
 * "e2e_loader LIBRARY": loads and unloads it as stdin says. Each command is answered with a line.
 *   load     loads it and calls its function 1000 times: "loaded"; its constructor has called it once more
 *   unload   "unloaded"
 *   churn N  does both N times, while another thread does it with another library: "churned"
 *   end      ends the program
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path;
static atomic_bool churning;

static void *load(void)
{
	void *handle = dlopen(path, RTLD_NOW);
	long (*work)(long);

	if (!handle) {
		printf("%s\n", dlerror());
		exit(2);
	}
	*(void **)&work = dlsym(handle, "work");
	for (long i = 0; i < 1000; i++)
		if (work(i) != i * 3 + 1) {
			printf("wrong\n");
			exit(2);
		}
	return handle;
}

static void *churn_another(void *unused)
{
	while (churning) {
		void *handle = dlopen("libBrokenLocale.so.1", RTLD_NOW);

		if (handle)
			dlclose(handle);
	}
	return unused;
}

static void churn(long times)
{
	pthread_t thread;

	churning = 1;
	pthread_create(&thread, NULL, churn_another, NULL);
	for (long i = 0; i < times; i++)
		dlclose(load());
	churning = 0;
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	char line[64];
	void *handle = NULL;

	path = argc > 1 ? argv[1] : "";
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "end\n")) {
		if (!strcmp(line, "load\n")) {
			handle = load();
			printf("loaded\n");
		} else if (!strcmp(line, "unload\n")) {
			dlclose(handle);
			printf("unloaded\n");
		} else if (!strncmp(line, "churn ", 6)) {
			churn(atol(line + 6));
			printf("churned\n");
		}
	}
	return 0;
}
