/*
 * Trap: longjmp to where no traced function is, over more and more frames of traced ones. None of those further out returns: that the
 * frames are gone can be seen only when another function is called.
 */
#include "zoo.h"

#include <setjmp.h>

#define DEPTHS 12

static jmp_buf back;

TRACED int traced_down(int depth, int value)
{
	if (depth)
		return traced_down(depth - 1, value) + 1;
	if (value)
		longjmp(back, value);
	return 0;
}

TRACED int traced_afterwards(int value)
{
	return value + 1;
}

static __attribute__((noinline)) int leap(int depth)
{
	int jumped = setjmp(back);

	return jumped ? jumped : traced_down(depth, depth + 1);
}

static void jump_out(void)
{
	for (int depth = 0; depth < DEPTHS; depth++)
		CHECK(leap(depth) == depth + 1);
	/* Its frame lies above all of those: here the last of them are seen to be gone. */
	CHECK(traced_afterwards(1) == 2);
	zoo_count(DEPTHS * (DEPTHS + 1) / 2 + 1);
}

int main(void)
{
	return zoo(jump_out);
}
