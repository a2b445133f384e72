/* Trap: functions of 2 to 4 bytes with another function right behind. */
#include "zoo.h"

GAP;
ASSEMBLY("traced_two", "nop; ret");
ASSEMBLY("behind_two", "lea 2(%rdi), %eax; ret");
ASSEMBLY("traced_three", "mov %edi, %eax; ret");
ASSEMBLY("behind_three", "lea 3(%rdi), %eax; ret");
ASSEMBLY("traced_four", "lea 4(%rdi), %eax; ret");
ASSEMBLY("behind_four", "lea 5(%rdi), %eax; ret");
GAP;
void traced_two(void);
int behind_two(int);
int traced_three(int);
int behind_three(int);
int traced_four(int);
int behind_four(int);

static void call(void)
{
	for (int i = 0; i < 10; i++) {
		traced_two();
		CHECK(behind_two(i) == i + 2);
		CHECK(traced_three(i) == i);
		CHECK(behind_three(i) == i + 3);
		CHECK(traced_four(i) == i + 4);
		CHECK(behind_four(i) == i + 5);
	}
	zoo_count(30);
}

int main(void)
{
	return zoo(call);
}
