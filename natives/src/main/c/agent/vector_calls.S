/* Calls a tracer from code that may hold anything in its vector registers. */
	.text

/* int dyntrace_call_vector(tracer, site, event) */
	.globl dyntrace_call_vector
	.hidden dyntrace_call_vector
	.type dyntrace_call_vector, @function
dyntrace_call_vector:
	push	%rbp
	mov	%rsp, %rbp
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%edx, %esi
	and	$-64, %rsp
	cmpl	$1, dyntrace_vector_state(%rip)
	je	1f
	ja	2f
	sub	$256, %rsp
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movaps	%xmm\n, 16 * \n(%rsp)
	.endr
	call	*%rax
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movaps	16 * \n(%rsp), %xmm\n
	.endr
	leave
	ret
1:	sub	$512, %rsp
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovaps	%ymm\n, 32 * \n(%rsp)
	.endr
	vzeroupper
	call	*%rax
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovaps	32 * \n(%rsp), %ymm\n
	.endr
	leave
	ret
2:	sub	$(64 * 32 + 64), %rsp
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovaps	%zmm\n, 64 * \n(%rsp)
	.endr
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	%k\n, 64 * 32 + 8 * \n(%rsp)
	.endr
	vzeroupper
	call	*%rax
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	64 * 32 + 8 * \n(%rsp), %k\n
	.endr
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovaps	64 * \n(%rsp), %zmm\n
	.endr
	leave
	ret
	.size dyntrace_call_vector, . - dyntrace_call_vector

	.section .note.GNU-stack, "", @progbits
