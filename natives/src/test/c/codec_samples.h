// Pieces of code for codec_test: each is copied into executable memory and called there, first as it is, then with the bytes
// from `window` to `window_end` moved elsewhere. It begins at its name, `_end` follows its last byte.
#ifndef DYNTRACE_CODEC_SAMPLES_H
#define DYNTRACE_CODEC_SAMPLES_H

#define SAMPLE(name, before, window, after)                                                                            \
	__asm__(".pushsection .rodata\n.globl " #name ", " #name "_window, " #name "_window_end, " #name               \
		"_end\n" #name ":\n" before "\n" #name "_window:\n" window "\n" #name "_window_end:\n" after           \
		"\n" #name "_end:\n.popsection\n");                                                                    \
	extern const unsigned char name[], name##_window[], name##_window_end[], name##_end[];

// Every sample gets a number in rdi and returns one in rax.
SAMPLE(rip_lea, "", "lea 1f(%rip), %rax", "sub 1f(%rip), %rax\n ret\n 1: .quad 77")
SAMPLE(rip_load, "", "mov 1f(%rip), %rax", "add %rdi, %rax\n ret\n 1: .quad 0x123456789a")
SAMPLE(rip_compare_imm8, "xor %eax, %eax", "cmpl $5, 1f(%rip)", "sete %al\n ret\n 1: .quad 5")
SAMPLE(rip_compare_imm32, "xor %eax, %eax", "cmpl $0x12345678, 1f(%rip)", "sete %al\n ret\n 1: .quad 0x12345678")
SAMPLE(rip_move_imm16, "", "movw $0x1234, 1f(%rip)", "mov 1f(%rip), %rax\n ret\n 1: .quad 0")
SAMPLE(rip_vector, "", "movdqu 1f(%rip), %xmm0", "movq %xmm0, %rax\n ret\n 1: .quad 99, 98")
SAMPLE(jcc_short, "mov $1, %eax\n cmp $4, %rdi", "je 1f\n inc %eax\n nop", "add $8, %eax\n 1: ret")
SAMPLE(jcc_near, "mov $1, %eax\n cmp $4, %rdi", ".byte 0x0f, 0x8f\n .long 1f - . - 4", "add $8, %eax\n ret\n 1: ret")
SAMPLE(jcc_hint, "mov $1, %eax\n cmp $4, %rdi", ".byte 0x3e, 0x7f, 1f - . - 1\n inc %eax", "add $8, %eax\n 1: ret")
SAMPLE(jcc_both, "cmp $4, %rdi", "mov $9, %eax\n jb 1f\n ja 2f", "ret\n 1: inc %eax\n ret\n 2: dec %eax\n ret")
SAMPLE(jmp_short, "mov %edi, %eax", "jmp 1f\n nop\n nop\n nop", "inc %eax\n 1: ret")
SAMPLE(jmp_near, "mov %edi, %eax", ".byte 0xe9\n .long 1f - . - 4", "inc %eax\n 1: ret")
SAMPLE(jmp_bnd, "mov %edi, %eax", ".byte 0xf2, 0xe9\n .long 1f - . - 4", "inc %eax\n 1: ret")
SAMPLE(jrcxz_taken, "mov %rdi, %rcx\n and $1, %rcx", "mov $3, %eax\n jrcxz 1f", "inc %eax\n 1: ret")
SAMPLE(jecxz_taken, "mov %rdi, %rcx\n shl $32, %rcx", "mov $3, %eax\n jecxz 1f", "inc %eax\n 1: ret")
SAMPLE(loop_counts, "xor %eax, %eax\n lea 3(%rdi), %rcx\n 1: inc %eax", "loop 1b\n nop\n nop\n nop", "ret")
SAMPLE(loope_counts, "xor %eax, %eax\n lea 3(%rdi), %rcx\n 1: inc %eax\n cmp $2, %eax\n setne %dl\n test %dl, %dl",
       "loopne 1b\n lea (%rax,%rcx,8), %rax", "ret")
SAMPLE(loopz_counts, "xor %eax, %eax\n lea 3(%rdi), %rcx\n 1: inc %eax\n cmp %eax, %eax",
       "loope 1b\n lea (%rax,%rcx,8), %rax", "ret")
SAMPLE(loop_inside, "lea 2(%rdi), %rcx\n xor %eax, %eax", "nop\n 1: add %rcx, %rax\n loop 1b", "ret")
// A loop to the window's own beginning passes the beginning each time: the probe is there.
SAMPLE(loop_to_start, "lea 2(%rdi), %rcx\n xor %eax, %eax", "1: add %rcx, %rax\n loop 1b", "ret")
SAMPLE(jump_inside, "xor %eax, %eax\n test $1, %dil", "je 1f\n inc %eax\n 1: add $4, %eax", "ret")
SAMPLE(flags_survive, "cmp $4, %rdi", "mov $0, %eax\n mov %rdi, %rdi", "setg %al\n ret")
// The callees return the distance from their return address to where the call's end was: 0 if it is the right one.
SAMPLE(call_near, "", "call 2f", "1: inc %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_keeps_flags, "cmp $4, %rdi", "call 2f", "1: ret\n 2: setg %al\n movzbl %al, %eax\n ret")
SAMPLE(call_last, "", "mov %edi, %edx\n call 2f",
       "1: add %edx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_tls_padding, "", ".byte 0x66, 0x66, 0x48\n call 2f",
       "1: inc %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_next, "", "call 1f", "1: pop %rax\n lea 1b(%rip), %rdx\n sub %rdx, %rax\n ret")
SAMPLE(call_register, "lea 2f(%rip), %rdx", "mov $7, %ecx\n call *%rdx",
       "1: add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_r12, "push %r12\n lea 2f(%rip), %r12", "mov $7, %ecx\n call *%r12",
       "1: pop %r12\n add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_notrack, "lea 2f(%rip), %rdx", "mov $7, %ecx\n notrack call *%rdx",
       "1: add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_memory_rip, "lea 2f(%rip), %rdx\n mov %rdx, 3f(%rip)", "call *3f(%rip)",
       "1: inc %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret\n 3: .quad 0")
SAMPLE(call_memory_stack, "lea 2f(%rip), %rdx\n push %rdx", "mov $7, %ecx\n call *(%rsp)",
       "1: pop %rdx\n add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_memory_stack8, "lea 2f(%rip), %rdx\n push %rdx\n push %rdx\n movq $0, (%rsp)",
       "mov $7, %ecx\n call *8(%rsp)",
       "1: pop %rdx\n pop %rdx\n add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_memory_r12, "push %r12\n lea 2f(%rip), %rdx\n push %rdx\n mov %rsp, %r12", "mov $7, %ecx\n call *(%r12)",
       "1: pop %rdx\n pop %r12\n add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(call_memory_indexed, "lea 2f(%rip), %rdx\n push %rdx\n mov %rsp, %rsi\n mov $1, %eax",
       "mov $7, %ecx\n call *-8(%rsi,%rax,8)",
       "1: pop %rdx\n add %ecx, %eax\n ret\n 2: lea 1b(%rip), %rax\n sub (%rsp), %rax\n ret")
SAMPLE(jmp_register, "lea 2f(%rip), %rdx", "mov $7, %eax\n jmp *%rdx", "ret\n 2: inc %eax\n ret")
SAMPLE(jmp_memory, "lea 2f(%rip), %rdx\n mov %rdx, 3f(%rip)", "jmp *3f(%rip)",
       "ret\n 2: mov $5, %eax\n ret\n 3: .quad 0")
SAMPLE(returns, "mov %edi, %eax", "add $3, %eax\n ret\n nop", "ud2")
SAMPLE(system_call, "mov $39, %eax", "syscall\n sub $1, %rdi", "add %rdi, %rax\n ret")
SAMPLE(push_pop, "", "push %rdi\n push %rbp\n mov %rsp, %rbp", "pop %rbp\n pop %rax\n ret")

/* It would move further with each run. */
// clang-format off
#define EVERY_SAMPLE(X)                                                                                                 \
    X(rip_lea) X(rip_load) X(rip_compare_imm8) X(rip_compare_imm32) X(rip_move_imm16) X(rip_vector) X(jcc_short)        \
    X(jcc_near) X(jcc_hint) X(jcc_both) X(jmp_short) X(jmp_near) X(jmp_bnd) X(jrcxz_taken) X(jecxz_taken)               \
    X(loop_counts) X(loope_counts) X(loopz_counts) X(loop_inside) X(loop_to_start) X(jump_inside) X(flags_survive)      \
    X(call_near) X(call_keeps_flags) X(call_last) X(call_tls_padding) X(call_next) X(call_register) X(call_r12)         \
    X(call_notrack) X(call_memory_rip) X(call_memory_stack) X(call_memory_stack8) X(call_memory_r12)                    \
    X(call_memory_indexed) X(jmp_register) X(jmp_memory) X(returns) X(system_call) X(push_pop)
// clang-format on

#endif
