// Does nothing for a minute; also built for 32 bits and statically. Prints "ready".
#include <unistd.h>

int main(void)
{
	alarm(60);
	if (write(1, "ready\n", 6) != 6) {
		return 1;
	}
	for (;;) {
		pause();
	}
}
