#include "vector.h"

#include <cpuid.h>

int dyntrace_vector_state;

/* What the kernel lets programs use, from XCR0 (SDM volume 1, 13.3). */
void dyntrace_vector_detect(void)
{
	unsigned int a, b, c, d, low, high;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
		return;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	if ((low & 6) != 6)
		return;
	dyntrace_vector_state = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX512F) && (b & bit_AVX512BW) &&
						(low & 0xe0) == 0xe0
					? 2
					: 1;
}
