/* Trap: hardly any address space is left (RLIMIT_AS). It is not traced, and goes on. */
#include "zoo.h"

#include <sys/resource.h>

TRACED int traced_work(int value)
{
	return value + 1;
}

static void work(void)
{
	CHECK(traced_work(1) == 2);
	free(malloc(1000));
	zoo_count(1);
}

int main(void)
{
	struct rlimit limit;
	unsigned long pages;
	FILE *statm = fopen("/proc/self/statm", "r");

	CHECK(statm && fscanf(statm, "%lu", &pages) == 1 && !fclose(statm) && !getrlimit(RLIMIT_AS, &limit));
	limit.rlim_cur = pages * 4096 + (1 << 20);
	CHECK(!setrlimit(RLIMIT_AS, &limit));
	return zoo(work);
}
