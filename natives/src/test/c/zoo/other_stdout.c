/*
 * Trap: the program closes its stdout and uses the descriptor for a file of its own. What a tracer logs to the program's stdout must not
 * come there.
 */
#include "zoo.h"

#include <fcntl.h>
#include <sys/stat.h>

static int saved, file;

TRACED int traced_work(int value)
{
	return value + 1;
}

static void work(void)
{
	struct stat seen;

	CHECK(!ftruncate(file, 0) && !lseek(file, 0, SEEK_SET));
	CHECK(!close(1) && dup(file) == 1 && write(1, "data", 4) == 4);
	CHECK(traced_work(1) == 2);
	CHECK(!fstat(1, &seen) && seen.st_size == 4);
	CHECK(!close(1) && traced_work(2) == 3);
	CHECK(dup(saved) == 1 && traced_work(3) == 4);
	zoo_count(3);
}

int main(void)
{
	char name[] = "/tmp/dyntrace-zoo-XXXXXX";

	saved = dup(1);
	zoo_out = saved;
	file = mkstemp(name);
	CHECK(saved > 1 && file > 1 && !unlink(name));
	return zoo(work);
}
