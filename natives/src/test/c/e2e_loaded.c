/* A library that e2e_loader loads: its constructor is the first to call its function. */
long work(long value);

long work(long value)
{
	static volatile long one = 1;

	return value * 3 + one;
}

__attribute__((constructor)) static void begin(void)
{
	work(1);
}
