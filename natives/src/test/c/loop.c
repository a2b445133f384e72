/* Calls work() as often as each number read from stdin says, then prints that number. */
#include <stdio.h>

volatile long sum;

__attribute__((noinline)) long work(long x)
{
	sum += x;
	return sum * 3 + x;
}

int main(void)
{
	long count;

	while (scanf("%ld", &count) == 1) {
		for (long i = 0; i < count; i++)
			work(i);
		printf("%ld\n", count);
		fflush(stdout);
	}
	return 0;
}
