/*
 * A line "run N" on stdin: calls probed N times with a pattern in every vector register that this machine has, and N times with one in
 * the flags; says "right N" or "wrong" with how many came back different. "load LIBRARY FUNCTION": loads it and calls that, says "loaded".
 */
#include <cpuid.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct registers {
	uint8_t vectors[32][64];
	uint64_t masks[8];
};

/* Load all, call probed, store all; all vector registers are the caller's to lose in C. */
void round_sse(const struct registers *in, struct registers *out);
void round_avx(const struct registers *in, struct registers *out);
void round_avx512(const struct registers *in, struct registers *out);

__asm__(".text\n"
	".globl probed\n.type probed, @function\nprobed:\n"
	"	lea	1(%rdi), %rax\n	lea	2(%rax), %rax\n	ret\n"
	".size probed, . - probed\n"
	".macro ROUND name, move, prefix, count, masks\n"
	".type \\name, @function\n\\name:\n"
	"	push	%rbx\n	mov	%rsi, %rbx\n"
	"	.set	n, 0\n	.rept	\\count\n	EACH \\move, \\prefix, 0, %n\n	.set	n, n + 1\n	.endr\n"
	"	.if	\\masks\n	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7\n	kmovq	2048 + 8 * \\n(%rdi), %k\\n\n"
	"	.endr\n	.endif\n"
	"	call	probed\n"
	"	.set	n, 0\n	.rept	\\count\n	EACH \\move, \\prefix, 1, %n\n	.set	n, n + 1\n	.endr\n"
	"	.if	\\masks\n	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7\n	kmovq	%k\\n, 2048 + 8 * \\n(%rbx)\n"
	"	.endr\n	.endif\n"
	"	pop	%rbx\n	ret\n"
	".endm\n"
	".altmacro\n"
	".macro EACH move, prefix, store, n\n"
	"	.if	\\store\n	\\move	%\\prefix\\n, 64 * \\n(%rbx)\n"
	"	.else\n	\\move	64 * \\n(%rdi), %\\prefix\\n\n	.endif\n"
	".endm\n"
	"ROUND round_sse, movups, xmm, 16, 0\n"
	"ROUND round_avx, vmovups, ymm, 16, 0\n"
	"ROUND round_avx512, vmovups, zmm, 32, 1\n"
	".noaltmacro\n");

static int state(void)
{
	unsigned int a, b, c, d, low, high;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
		return 0;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	if ((low & 6) != 6)
		return 0;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX512F) && (b & bit_AVX512BW) &&
			       (low & 0xe0) == 0xe0
		       ? 2
		       : 1;
}

/* Calls probed with a pattern in the arithmetic flags and the direction flag, and says whether they came back. */
static int flags_stay(long call)
{
	static const unsigned long flags[] = {0x1, 0x4, 0x10, 0x40, 0x80, 0x400, 0x800};
	unsigned long in = 0, out, all = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		all |= flags[i];
		in |= call >> i & 1 ? flags[i] : 0;
	}
	__asm__ volatile(
		"lea -128(%%rsp), %%rsp; push %1; popfq; call probed; pushfq; pop %0; cld; lea 128(%%rsp), %%rsp"
		: "=&r"(out)
		: "r"(in | 2)
		: "rax", "memory", "cc");
	return (out & all) == in;
}

static long run(long calls)
{
	static void (*const rounds[])(const struct registers *, struct registers *) = {round_sse, round_avx,
										       round_avx512};
	static struct registers in, out;
	int which = state();
	size_t width = (size_t)16 << which;
	int count = which == 2 ? 32 : 16;
	long wrong = 0;

	for (long call = 0; call < calls; call++) {
		for (size_t i = 0; i < sizeof(in); i++)
			((uint8_t *)&in)[i] = (uint8_t)(call * 31 + (long)i * 7 + 1);
		rounds[which](&in, &out);
		for (int i = 0; i < count; i++)
			wrong += memcmp(in.vectors[i], out.vectors[i], width) != 0;
		for (int i = 0; which == 2 && i < 8; i++)
			wrong += in.masks[i] != out.masks[i];
		wrong += !flags_stay(call);
	}
	return wrong;
}

int main(void)
{
	char line[4096], name[256], path[2048];
	long calls;

	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "run %ld", &calls) == 1) {
			long wrong = run(calls);

			if (wrong)
				printf("wrong: %ld registers\n", wrong);
			else
				printf("right %ld\n", calls);
		} else if (sscanf(line, "load %2047s %255s", path, name) == 2) {
			void *library = dlopen(path, RTLD_NOW);
			void (*function)(void);

			*(void **)&function = library ? dlsym(library, name) : NULL;
			if (!function) {
				fprintf(stderr, "%s\n", dlerror());
				return 1;
			}
			function();
			printf("loaded\n");
		}
		fflush(stdout);
	}
	return 0;
}
