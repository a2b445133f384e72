/* Trap: the traced function's library is unloaded and loaded again, each round. Its path is the argument; see unloaded.c. */
#include "zoo.h"

#include <dlfcn.h>

static const char *path;

static void load(void)
{
	void *library = dlopen(path, RTLD_NOW);
	int (*function)(int);

	CHECK(library);
	*(void **)&function = dlsym(library, "traced_loaded");
	CHECK(function && function(1) == 4 && function(2) == 7);
	CHECK(!dlclose(library));
	zoo_count(2);
	poll(NULL, 0, 5);
}

int main(int count, char **arguments)
{
	path = arguments[count - 1];
	return zoo(load);
}
