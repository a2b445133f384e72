/* Trap: a function branches back into its own first 5 bytes. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_sum", "xor %eax, %eax; 1: add %edi, %eax; dec %edi; jnz 1b; ret");
GAP;
unsigned traced_sum(unsigned);

static void sum(void)
{
	for (unsigned n = 1; n < 20; n++)
		CHECK(traced_sum(n) == n * (n + 1) / 2);
	zoo_count(19);
}

int main(void)
{
	return zoo(sum);
}
