/* For unloading.c. */
__attribute__((visibility("default"))) int traced_loaded(int);

int traced_loaded(int value)
{
	return value * 3 + 1;
}
