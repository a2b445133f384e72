/* Trap: functions that end by a jump to another: several frames of which only the last one returns, at one stack address. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_even", "test %rdi, %rdi; jz 1f; dec %rdi; jmp traced_odd; 1: mov $1, %eax; ret");
GAP;
ASSEMBLY("traced_odd", "test %rdi, %rdi; jz 1f; dec %rdi; jmp traced_even; 1: xor %eax, %eax; ret");
GAP;
int traced_even(long);
int traced_odd(long);

static void ask(void)
{
	for (long n = 0; n < 15; n++)
		CHECK(traced_even(n) == !(n & 1) && traced_odd(n) == (n & 1));
	zoo_count(2 * 15 * 16 / 2);
}

int main(void)
{
	return zoo(ask);
}
