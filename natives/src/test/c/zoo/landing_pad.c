/* Trap: functions built for control-flow enforcement. What is called by a pointer must go on beginning with endbr64. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_pad", "endbr64; lea 1(%rdi), %eax; lea 2(%rax), %eax; ret");
GAP;
int traced_pad(int);

static int (*volatile pointer)(int) = traced_pad;

static void call(void)
{
	CHECK(!memcmp((const void *)pointer, "\xf3\x0f\x1e\xfa", 4));
	for (int i = 0; i < 10; i++)
		CHECK(pointer(i) == i + 3);
	zoo_count(10);
}

int main(void)
{
	return zoo(call);
}
