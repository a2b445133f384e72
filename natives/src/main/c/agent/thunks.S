/*
 * Between the traced code and the C of this agent: everything that a compiler's calling convention does not keep is
 * kept here, because traced code can be anywhere and may follow conventions of its own (gcc's -fipa-ra, hand-written
 * assembly). Vector registers are left alone: hit.c and frames.c are compiled without them, and a tracer that may use
 * them goes through dyntrace_call_vector.
 */
#include "layout.h"

	.text

/*
 * Pushes flags and the caller-saved registers but rax (and r11 if asked), and makes the stack fit for C; what was in rax goes to rdi.
 * Without pushfq, which takes longer: lahf and seto get the arithmetic flags, and which way lodsb goes tells the direction
 * flag, which is cleared. The word: ah and al as lahf and seto give them, bit 16 the direction.
 */
.macro SAVE r11=1
	lea	-8(%rsp), %rsp
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	.if \r11
	push	%r11
	.endif
	push	%rbp
	mov	%rax, %rdi
	lahf
	seto	%al
	movzwl	%ax, %ecx
	mov	%rsp, %rsi
	lodsb
	mov	%rsp, %rbp
	cmp	%rsp, %rsi
	jb	93f
94:
	.if \r11
	mov	%rcx, 72(%rbp)
	.else
	mov	%rcx, 64(%rbp)
	.endif
	and	$-16, %rsp
	.subsection 1
93:	cld
	or	$0x10000, %ecx
	jmp	94b
	.previous
.endm

/* Sets the flags from such a word; uses rax. */
.macro SET_FLAGS flags
	mov	\flags, %rax
	test	$0x10000, %eax
	jnz	95f
96:	add	$0x7f, %al
	sahf
	.subsection 1
95:	std
	jmp	96b
	.previous
.endm

.macro RESTORE r11=1
	pop	%rbp
	.if \r11
	pop	%r11
	.endif
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
.endm

/* call: rcx = the thread's block; everything else stays. */
	.globl dyntrace_claim_thunk
	.hidden dyntrace_claim_thunk
	.type dyntrace_claim_thunk, @function
dyntrace_claim_thunk:
	push	%rax
	SAVE
	call	dyntrace_claimed
	mov	%rbp, %rsp
	mov	%rax, 64(%rsp)	/* rcx comes back as the block */
	SET_FLAGS 72(%rsp)
	RESTORE
	lea	8(%rsp), %rsp
	pop	%rax
	ret
	.size dyntrace_claim_thunk, . - dyntrace_claim_thunk

/* call: rax = site (the caller has saved rax and stepped over the red zone); everything but rax stays. */
	.globl dyntrace_hit_thunk
	.hidden dyntrace_hit_thunk
	.type dyntrace_hit_thunk, @function
dyntrace_hit_thunk:
	SAVE
	call	dyntrace_hit
	mov	%rbp, %rsp
	SET_FLAGS 72(%rsp)
	RESTORE
	lea	8(%rsp), %rsp
	ret
	.size dyntrace_hit_thunk, . - dyntrace_hit_thunk

/*
 * For code on stacks that have little room left, such as a goroutine's: below what its caller has used (128 bytes of red zone,
 * rax, the return address) these two take 24 and 56 bytes of it, and go on elsewhere.
 *
 * call: rcx = the thread's block, with a stack; everything else stays.
 */
	.globl dyntrace_claim_small_thunk
	.hidden dyntrace_claim_small_thunk
	.type dyntrace_claim_small_thunk, @function
dyntrace_claim_small_thunk:
	pushfq
	cld
	push	%rax
	push	%rdx
	/* From here on hits of this thread's signal handlers go by. */
	mov	dyntrace_current@gottpoff(%rip), %rdx
	mov	%fs:(%rdx), %rcx
	lea	dyntrace_junk(%rip), %rax
	mov	%rax, %fs:(%rdx)
	mov	$10000000, %edx	/* half a second: its owner may have been stopped */
1:	mov	$1, %eax
	xchg	%eax, dyntrace_shared_stack_taken(%rip)
	test	%eax, %eax
	jz	2f
	pause
	dec	%edx
	jnz	1b
	mov	dyntrace_current@gottpoff(%rip), %rdx
	mov	%rcx, %fs:(%rdx)
	lea	dyntrace_junk(%rip), %rcx
	jmp	3f
2:	lea	(dyntrace_shared_stack + DYNTRACE_SHARED_STACK)(%rip), %rax
	mov	%rsp, -8(%rax)
	lea	-16(%rax), %rsp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	%rcx, %rdi
	call	dyntrace_claim_small
	mov	%rax, %rcx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	mov	8(%rsp), %rsp
	movl	$0, dyntrace_shared_stack_taken(%rip)
3:	pop	%rdx
	pop	%rax
	popfq
	ret
	.size dyntrace_claim_small_thunk, . - dyntrace_claim_small_thunk

/* As dyntrace_hit_thunk. A hit of a signal handler that interrupts another one's tracer goes by, here too. */
	.globl dyntrace_hit_small_thunk
	.hidden dyntrace_hit_small_thunk
	.type dyntrace_hit_small_thunk, @function
dyntrace_hit_small_thunk:
	pushfq
	cld
	push	%rcx
	push	%rdx
	mov	dyntrace_current@gottpoff(%rip), %rdx
	mov	%fs:(%rdx), %rcx
	test	%rcx, %rcx
	jz	4f
1:	mov	BLOCK_STACK(%rcx), %rdx
	test	%rdx, %rdx
	jz	3f
	movq	$0, BLOCK_STACK(%rcx)
	mov	%rsp, -8(%rdx)
	lea	-16(%rdx), %rsp
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	%rax, %rdi
	call	dyntrace_hit
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	mov	-8(%rdx), %rsp
	mov	%rdx, BLOCK_STACK(%rcx)
2:	pop	%rdx
	pop	%rcx
	popfq
	ret
3:	cmpq	$0, BLOCK_STACK_END(%rcx)
	jne	2b
4:	call	dyntrace_claim_small_thunk
	mov	BLOCK_STACK(%rcx), %rdx
	test	%rdx, %rdx
	jnz	1b
	jmp	2b
	.size dyntrace_hit_small_thunk, . - dyntrace_hit_small_thunk

/*
 * jmp: rax = site, the caller has pushed rax; the traced function's return address lies above that. Goes on in the
 * stub, with the return address taken off the stack (the stub's call puts its own in the same place), or at the site's
 * target as if nothing were there. All registers and flags as they came.
 */
	.globl dyntrace_enter_thunk
	.hidden dyntrace_enter_thunk
	.type dyntrace_enter_thunk, @function
dyntrace_enter_thunk:
	SAVE
	lea	88(%rbp), %rsi
	push	%rdi
	push	%rdi
	call	dyntrace_enter
	pop	%rdi
	mov	%rbp, %rsp
	mov	%rax, %r11
	test	%rax, %rax
	jz	1f
	SET_FLAGS 72(%rsp)
	mov	%r11, 72(%rsp)
	RESTORE
	mov	8(%rsp), %rax
	lea	24(%rsp), %rsp
	jmp	*-24(%rsp)	/* within the red zone: no signal touches it */
1:	mov	SITE_TARGET(%rdi), %r11
	SET_FLAGS 72(%rsp)
	mov	%r11, 72(%rsp)
	RESTORE
	mov	8(%rsp), %rax
	lea	16(%rsp), %rsp
	jmp	*-16(%rsp)
	.size dyntrace_enter_thunk, . - dyntrace_enter_thunk

/*
 * jmp from a stub, behind its call: r11 = slot, r11's own value pushed where the return address lay. Returns to the
 * traced function's caller with all registers and flags as the function left them.
 */
	.globl dyntrace_leave_thunk
	.hidden dyntrace_leave_thunk
	.type dyntrace_leave_thunk, @function
dyntrace_leave_thunk:
	push	%rax
	SAVE	r11=0
	mov	%r11, %rdi
	call	dyntrace_leave
	mov	%rbp, %rsp
	mov	%rax, %r10
	SET_FLAGS 64(%rsp)
	mov	80(%rsp), %r11
	mov	%r10, 80(%rsp)
	RESTORE	r11=0
	lea	8(%rsp), %rsp
	pop	%rax
	ret
	.size dyntrace_leave_thunk, . - dyntrace_leave_thunk

/*
 * The stubs of a page, copied to each page in use: every distance in them is the same in every page. Stub 0 has no
 * frame: its slot is the page's header.
 */
	.section .rodata
	.globl dyntrace_stub_page
	.hidden dyntrace_stub_page
	.balign 64
dyntrace_stub_page:
	.fill	DYNTRACE_FRAME_SIZE, 1, 0xcc
	.set	at, DYNTRACE_FRAME_SIZE
	.rept	DYNTRACE_FRAME_PAGE / DYNTRACE_FRAME_SIZE - 1
	call	*(DYNTRACE_FRAME_REGION + 8 - 6)(%rip)		/* slot.target */
	push	%r11
	lea	(DYNTRACE_FRAME_REGION - 15)(%rip), %r11	/* the slot */
	jmp	*(DYNTRACE_FRAME_REGION + 16 - 21 - at)(%rip)	/* page.leave */
	.fill	DYNTRACE_FRAME_SIZE - 21, 1, 0xcc
	.set	at, at + DYNTRACE_FRAME_SIZE
	.endr
	.size dyntrace_stub_page, . - dyntrace_stub_page

/*
 * The frame region: part of this library's own image, so that every unwinder finds the FDE that stands for all stubs
 * without being told. The slot is found from the stub's own address, which is the frame's pc; not from the stack, where
 * a tail-called function's stub has put another one. The slot serves as CFA: unwinders tell frames apart by their CFA,
 * and the empty frame of a stub has no stack address that its caller has not.
 *
 * gdb gives up where a frame is not further out than the one that it called, unless its function is called __morestack: that one
 * may go on with any stack (gdb/frame.c, get_prev_frame_always_1). Of two symbols at one address gdb takes the last by name.
 */
	.section .bss.dyntrace_frames, "aw", @nobits
	.balign	4096
	.globl __dyntrace_stubs, dyntrace_slots
	.hidden __dyntrace_stubs, dyntrace_slots
	.type __morestack, @function
__dyntrace_stubs:
__morestack:
	.cfi_startproc
	/* CFA = the slot. DW_CFA_def_cfa_expression: breg16 0, const4s <distance>, plus */
	.cfi_escape 0x0f, 0x08, 0x80, 0x00, 0x0c
	.cfi_escape (DYNTRACE_FRAME_REGION - 6) & 0xff, ((DYNTRACE_FRAME_REGION - 6) >> 8) & 0xff
	.cfi_escape ((DYNTRACE_FRAME_REGION - 6) >> 16) & 0xff, ((DYNTRACE_FRAME_REGION - 6) >> 24) & 0xff
	.cfi_escape 0x22
	/* The caller's rsp is the stub's. DW_CFA_val_expression rsp: breg7 0 */
	.cfi_escape 0x16, 0x07, 0x02, 0x77, 0x00
	/* slot.caller */
	.cfi_offset rip, 0
	.skip	DYNTRACE_FRAME_REGION
	.cfi_endproc
	.size __morestack, . - __morestack
dyntrace_slots:
	.skip	DYNTRACE_FRAME_REGION

	.section .note.GNU-stack, "", @progbits
