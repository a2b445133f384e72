/*
 * A program whose code the loader changes: it holds an absolute address (a text relocation). Prints "ready", then waits for the end of
 * stdin. To be linked with -Wl,-z,notext.
 */
#include <stdio.h>

static int here;

__attribute__((noinline, noclone)) static int *absolute(void)
{
	int *address;

	__asm__("movabs $here, %0" : "=r"(address));
	return address;
}

int main(void)
{
	if (absolute() != &here)
		return 1;
	printf("ready\n");
	fflush(stdout);
	while (getchar() != EOF)
		continue;
	return 0;
}
