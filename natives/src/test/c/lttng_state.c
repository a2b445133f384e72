/* Says whenever what dyntrace_lttng_state of a library (argument) points to changes: "hit entry exit", each 0 or 1. */
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	const int *(*state)(int) = library ? (const int *(*)(int))dlsym(library, "dyntrace_lttng_state") : NULL;
	char said[32] = "", now[32];

	if (!state || state(3) || state(-1)) {
		puts("no such library, or it knows an event that is none");
		return 1;
	}
	for (;;) {
		snprintf(now, sizeof(now), "%d %d %d", *state(0) != 0, *state(1) != 0, *state(2) != 0);
		if (strcmp(now, said)) {
			strcpy(said, now);
			puts(now);
			fflush(stdout);
		}
		poll(NULL, 0, 1);
	}
}
