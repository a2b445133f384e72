/* Trap: code that keeps flags over a call, the direction flag among them. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_plain", "lea 1(%rdi), %rax; lea 2(%rax), %rax; ret");
GAP;

static void call(void)
{
	static const unsigned long flags[] = {0x1, 0x4, 0x10, 0x40, 0x80, 0x400, 0x800};
	unsigned long all = 0;

	for (int i = 0; i < 7; i++)
		all |= flags[i];
	for (int pattern = 0; pattern < 128; pattern++) {
		unsigned long in = 0, out;

		for (int i = 0; i < 7; i++)
			in |= pattern >> i & 1 ? flags[i] : 0;
		__asm__ volatile("lea -128(%%rsp), %%rsp; push %1; popfq; call traced_plain; pushfq; pop %0; cld; lea "
				 "128(%%rsp), %%rsp"
				 : "=&r"(out)
				 : "r"(in | 2)
				 : "rax", "memory", "cc");
		CHECK((out & all) == in);
	}
	zoo_count(128);
}

int main(void)
{
	return zoo(call);
}
