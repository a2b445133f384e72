/* Trap: a tracepoint on write, which tracers themselves may call. Traced: write of libc. */
#include "zoo.h"

#include <fcntl.h>

static int file;

static void write_some(void)
{
	char back[16] = "";

	CHECK(lseek(file, 0, SEEK_SET) == 0);
	for (int i = 0; i < 10; i++)
		CHECK(write(file, "x", 1) == 1);
	CHECK(pread(file, back, sizeof(back), 0) == 10 && !strcmp(back, "xxxxxxxxxx"));
	zoo_count(10);
}

int main(void)
{
	char name[] = "/tmp/dyntrace-zoo-XXXXXX";

	file = mkstemp(name);
	CHECK(file >= 0 && !unlink(name));
	return zoo(write_some);
}
