/*
 * dyntrace-ctf DIRECTORY: writes the trace's records to stdout. A program of its own, since libbabeltrace2 ends the process on some damaged
 * traces (assertions about packets' sizes), and reads others without end.
 *
 * Blocks follow each other, each with its length (32 bits) before it; a block of length 0 is the end, and after it comes a text (32 bits of
 * length, UTF-8): empty if all went well.
 */
#include "ctf.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define BLOCK (1 << 18)
#define MEMORY (2UL << 30)

static bool send(const void *bytes, size_t size)
{
	uint32_t length = (uint32_t)size;

	return fwrite(&length, sizeof(length), 1, stdout) == 1 && (size == 0 || fwrite(bytes, size, 1, stdout) == 1);
}

int main(int count, char **arguments)
{
	static char error[1024];
	static unsigned char block[BLOCK];
	struct rlimit no_core = {0, 0}, memory = {MEMORY, MEMORY};
	struct dyntrace_ctf *reader;
	int64_t size = 0;

	if (count != 2) {
		fputs("usage: dyntrace-ctf DIRECTORY\n", stderr);
		return 2;
	}
	setrlimit(RLIMIT_CORE, &no_core);
	setrlimit(RLIMIT_DATA, &memory);
	reader = dyntrace_ctf_open(arguments[1], error, sizeof(error));
	while (reader && (size = dyntrace_ctf_read(reader, block, sizeof(block), error, sizeof(error))) > 0)
		if (!send(block, (size_t)size) || fflush(stdout))
			return 1;
	if (!send(NULL, 0) || !send(error, strlen(error)) || fflush(stdout))
		return 1;
	/* Nothing is left to lose: no time for giving back memory. */
	_Exit(0);
}
