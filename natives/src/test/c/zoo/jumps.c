/* Trap: longjmp over frames of traced functions. */
#include "zoo.h"

#include <setjmp.h>

static jmp_buf back;

TRACED int traced_inner(int value)
{
	if (value)
		longjmp(back, value);
	return 0;
}

TRACED int traced_middle(int value)
{
	return traced_inner(value) + 1;
}

TRACED int traced_outer(int value)
{
	return traced_middle(value) + 1;
}

TRACED int traced_around(int value)
{
	int jumped = setjmp(back);

	return jumped ? jumped : traced_outer(value);
}

static void jump(void)
{
	CHECK(traced_around(0) == 2);
	for (int i = 1; i < 10; i++)
		CHECK(traced_around(i) == i);
	zoo_count(40);
}

int main(void)
{
	return zoo(jump);
}
