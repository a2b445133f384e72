// Does nothing, without any library: for a 32-bit program on a machine without a 32-bit C library.
void _start(void)
{
	for (;;) {
		__asm__ volatile("int $0x80" ::"a"(29));
	}
}
