/* Trap: calls on a stack that is aligned to nothing. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_twice", "lea (%rdi,%rdi), %rax; lea 1(%rax), %rax; ret");
GAP;
ASSEMBLY("call_below", "push %rbx; mov %rsp, %rbx; sub %rsi, %rsp; call traced_twice; mov %rbx, %rsp; pop %rbx; ret");
long call_below(long value, long bytes);

static void call(void)
{
	for (long bytes = 0; bytes < 16; bytes++)
		CHECK(call_below(21, bytes) == 43);
	zoo_count(16);
}

int main(void)
{
	return zoo(call);
}
