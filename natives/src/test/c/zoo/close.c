/* Trap: places less than 5 bytes apart, each with a tracepoint: entrances of one piece of code. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_first", "add %edi, %edi");
ASSEMBLY("traced_second", "lea 1(%rdi), %edi");
ASSEMBLY("traced_third", "lea (%rdi,%rdi,2), %eax; ret");
GAP;
int traced_first(int);
int traced_second(int);
int traced_third(int);

static void enter(void)
{
	for (int i = 0; i < 10; i++) {
		CHECK(traced_first(i) == (2 * i + 1) * 3);
		CHECK(traced_second(i) == (i + 1) * 3);
		CHECK(traced_third(i) == i * 3);
	}
	zoo_count(60);
}

int main(void)
{
	return zoo(enter);
}
