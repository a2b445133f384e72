/* Trap: there are no more descriptors to be had (RLIMIT_NOFILE). It is not traced, and goes on. */
#include "zoo.h"

#include <sys/resource.h>

TRACED int traced_work(int value)
{
	return value + 1;
}

static void work(void)
{
	CHECK(traced_work(1) == 2);
	zoo_count(1);
}

int main(void)
{
	struct rlimit limit;
	int next = dup(0);

	CHECK(next > 0 && !close(next) && !getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = (rlim_t)next;
	CHECK(!setrlimit(RLIMIT_NOFILE, &limit));
	return zoo(work);
}
