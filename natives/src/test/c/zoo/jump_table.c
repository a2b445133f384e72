/*
 * Trap: a table leads a computed jump into a function's first 5 bytes. traced_machine works off a text: 'a' does nothing, 'b' adds 1,
 * 'c' ends it. Only the table's first entry leads back to the third byte.
 */
#include "zoo.h"

#define NEXT                                                                                                           \
	"movzbl (%rdi), %ecx; inc %rdi; sub $'a', %ecx; lea 9f(%rip), %rdx; movslq (%rdx,%rcx,4), %rcx; add %rdx, "    \
	"%rcx; jmp *%rcx\n"

GAP;
ASSEMBLY("traced_machine", "xor %eax, %eax\n"
			   "1: " NEXT "2: inc %eax\n" NEXT "3: ret\n"
			   ".section .rodata; .p2align 2; 9: .long 1b - 9b, 2b - 9b, 3b - 9b; .text");
GAP;
int traced_machine(const char *text);

static void work(void)
{
	CHECK(traced_machine("c") == 0);
	CHECK(traced_machine("bbbaabac") == 4);
	CHECK(traced_machine("aaaaaaaabc") == 1);
	zoo_count(3);
}

int main(void)
{
	return zoo(work);
}
