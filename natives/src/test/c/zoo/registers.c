/* Trap: a calling convention in which every general register is the caller's to keep: each holds a value over the call. */
#include "zoo.h"

#include <stdint.h>

GAP;
ASSEMBLY("traced_nothing", "nopl 0(%rax,%rax,1); ret");
GAP;
ASSEMBLY("call_with_all", "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rsi\n"
			  ".set n, 0\n"
			  ".irp r, rax, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, rdi\n"
			  "mov n(%rdi), %\\r; .set n, n + 8\n"
			  ".endr\n"
			  "call traced_nothing\n"
			  "push %rdi; mov 8(%rsp), %rdi\n"
			  ".set n, 0\n"
			  ".irp r, rax, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n"
			  "mov %\\r, n(%rdi); .set n, n + 8\n"
			  ".endr\n"
			  "pop %rax; mov %rax, n(%rdi)\n"
			  "pop %rsi; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx; ret");
void call_with_all(const uint64_t in[15], uint64_t out[15]);

static void call(void)
{
	uint64_t in[15], out[15];

	for (int i = 0; i < 15; i++)
		in[i] = 0x0123456789abcdefUL * (uint64_t)(i + 1);
	for (int i = 0; i < 20; i++) {
		memset(out, 0, sizeof(out));
		call_with_all(in, out);
		CHECK(!memcmp(in, out, sizeof(in)));
	}
	zoo_count(20);
}

int main(void)
{
	return zoo(call);
}
