/*
 * How lttng-ust is called, and how it calls others. Within a hit only the lower parts of xmm0 to xmm7 have been kept: lttng-ust changes
 * no others, but the C library uses what the machine has.
 */
#include "threads.h"

	.text

/*
 * jmp: r11 = function, everything else as its caller has left it. r10 and r11 are nobody's across a call. The registers go to
 * memory in the order of XSAVE (SDM volume 1, 13.4), which leaves bytes 464 to 511 to programs.
 */
	.type guarded_call, @function
guarded_call:
	.cfi_startproc
	mov	dyntrace_lttng_thread@gottpoff(%rip), %r10
	testb	$LTTNG_INSIDE, %fs:LTTNG_STATE(%r10)
	jne	1f
	jmp	*%r11
1:	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	and	$-64, %rsp
	sub	dyntrace_lttng_area(%rip), %rsp
	mov	%rax, 464(%rsp)
	mov	%rdx, 472(%rsp)
	xor	%edx, %edx
	.irp word, 0, 1, 2, 3, 4, 5, 6, 7
	mov	%rdx, 512 + 8 * \word(%rsp)
	.endr
	mov	dyntrace_lttng_components(%rip), %eax
	xsave64	(%rsp)
	vzeroupper
	mov	464(%rsp), %rax
	mov	472(%rsp), %rdx
	sub	$128, %rsp
	.irp word, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	mov	16 + 8 * \word(%rbp), %r10
	mov	%r10, 8 * \word(%rsp)
	.endr
	call	*%r11
	lea	128(%rsp), %rsp
	mov	%rax, 464(%rsp)
	mov	%rdx, 472(%rsp)
	xor	%edx, %edx
	mov	dyntrace_lttng_components(%rip), %eax
	xrstor64 (%rsp)
	mov	464(%rsp), %rax
	mov	472(%rsp), %rdx
	leave
	.cfi_def_cfa rsp, 8
	ret
	.cfi_endproc
	.size guarded_call, . - guarded_call

/* One for each function that is called elsewhere. */
	.globl dyntrace_lttng_stubs
	.hidden dyntrace_lttng_stubs
	.type dyntrace_lttng_stubs, @function
	.balign 16
dyntrace_lttng_stubs:
	.cfi_startproc
	.set	at, 0
	.rept	512
	mov	(dyntrace_lttng_functions + 8 * at)(%rip), %r11
	jmp	guarded_call
	.balign 16
	.set	at, at + 1
	.endr
	.cfi_endproc
	.size dyntrace_lttng_stubs, . - dyntrace_lttng_stubs

	.section .note.GNU-stack, "", @progbits
