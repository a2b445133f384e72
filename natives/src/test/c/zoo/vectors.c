/* Trap: vector registers, as wide as the machine has them, hold values over the call. e2e_vectors looks closer. */
#include "zoo.h"

#include <stdint.h>

GAP;
ASSEMBLY("traced_nothing", "nopl 0(%rax,%rax,1); ret");
GAP;
#define EACH(count, move, prefix)                                                                                      \
	"push %rbx; mov %rsi, %rbx\n.altmacro\n.macro load n\n" move " 64 * \\n(%rdi), %" prefix "\\n\n.endm\n"        \
	".macro store n\n" move " %" prefix "\\n, 64 * \\n(%rbx)\n.endm\n"                                             \
	".set n, 0; .rept " count "\nload %n\n.set n, n + 1\n.endr\ncall traced_nothing\n"                             \
	".set n, 0; .rept " count "\nstore %n\n.set n, n + 1\n.endr\n.purgem load; .purgem store\n.noaltmacro\n"       \
	"pop %rbx; ret"
ASSEMBLY("call_sse", EACH("16", "movups", "xmm"));
ASSEMBLY("call_avx", EACH("16", "vmovups", "ymm"));
ASSEMBLY("call_avx512", EACH("32", "vmovups", "zmm"));
void call_sse(const uint8_t in[32][64], uint8_t out[32][64]);
void call_avx(const uint8_t in[32][64], uint8_t out[32][64]);
void call_avx512(const uint8_t in[32][64], uint8_t out[32][64]);

static void call(void)
{
	static uint8_t in[32][64], out[32][64];
	int wide = __builtin_cpu_supports("avx512f"), middle = __builtin_cpu_supports("avx");

	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 32; i++)
			for (int j = 0; j < 64; j++)
				in[i][j] = (uint8_t)(i * 13 + j * 7 + round * 31);
		(wide ? call_avx512 : middle ? call_avx : call_sse)(in, out);
		for (int i = 0; i < (wide ? 32 : 16); i++)
			CHECK(!memcmp(in[i], out[i], wide ? 64 : middle ? 32 : 16));
	}
	zoo_count(20);
}

int main(void)
{
	return zoo(call);
}
