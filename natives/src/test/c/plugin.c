/* A library that plugin_host loads and unloads. */
static volatile long one = 1;

long work(long value);

long work(long value)
{
	return value * 3 + one;
}
