/* Trap: backtrace() from within traced functions must reach their callers. */
#include "zoo.h"

#include <execinfo.h>

static void *above;

TRACED int traced_walk(void)
{
	void *frames[64];
	int depth = backtrace(frames, 64);

	for (int i = 0; i < depth; i++)
		if (frames[i] == above)
			return depth;
	return 0;
}

TRACED int traced_down(int n)
{
	return n ? traced_down(n - 1) + 0 * n : traced_walk();
}

static __attribute__((noinline)) void walk(void)
{
	above = __builtin_return_address(0);
	CHECK(traced_down(5) > 7);
	zoo_count(7);
}

int main(void)
{
	return zoo(walk);
}
