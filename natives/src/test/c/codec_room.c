// Preloaded into a program by EverythingPatchedTest: makes room for moved code near the program and near its libraries, tells
// where in the file named by CODEC_ROOM, and stops the program until the test has patched it.
#define _GNU_SOURCE
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM (96L << 20)

static int first_module(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(char **)base = (char *)info->dlpi_addr;
	return 1;
}

static void *room(void *at)
{
	return mmap(at, ROOM, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

// A program may have a getenv and an unsetenv of its own, as bash has. Children must not stop as well.
static const char *take_from_environment(const char *name)
{
	size_t length = strlen(name);
	for (char **one = environ; *one != NULL; one++) {
		if (strncmp(*one, name, length) == 0 && (*one)[length] == '=') {
			(*one)[0] = '_';
			return *one + length + 1;
		}
	}
	return NULL;
}

__attribute__((constructor)) static void make_room(void)
{
	const char *file = take_from_environment("CODEC_ROOM");
	if (file == NULL) {
		return;
	}
	take_from_environment("LD_PRELOAD");
	char *program = NULL;
	dl_iterate_phdr(first_module, &program);
	// A program that isn't relocatable begins at 4 MiB: there is no room below.
	void *near_program = room(program == NULL ? (char *)0x40000000 : program - 2 * ROOM);
	void *near_libraries = room(NULL);
	FILE *out = fopen(file, "w");
	if (out == NULL) {
		abort();
	}
	fprintf(out, "%p %p %ld\n", near_program, near_libraries, ROOM);
	fclose(out);
	raise(SIGSTOP);
}
