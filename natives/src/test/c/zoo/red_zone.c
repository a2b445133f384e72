/* Trap: a place where the 128 bytes below the stack pointer are in use. */
#include "zoo.h"

GAP;
ASSEMBLY("keep_below", "mov %rdi, -8(%rsp); mov %rsi, -16(%rsp); mov %rdi, -64(%rsp); mov %rsi, -128(%rsp)");
ASSEMBLY("traced_below", "mov -8(%rsp), %rax; add -16(%rsp), %rax; add -64(%rsp), %rax; add -128(%rsp), %rax; ret");
GAP;
long keep_below(long, long);

static void keep(void)
{
	for (long i = 0; i < 20; i++)
		CHECK(keep_below(i, 1000) == 2 * i + 2000);
	zoo_count(20);
}

int main(void)
{
	return zoo(keep);
}
