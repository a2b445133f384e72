// Computes for as long as it is told (seconds), or until SIGTERM, with values in every vector register, the red zone, the flags and errno, and never
// calls anything meanwhile. Prints "ready", then "ok" or what was found changed.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Runs rounds in which each register must keep what it was given; returns how many rounds went wrong.
extern long rounds(long count);
__asm__(".text\n.globl rounds\n.type rounds,@function\nrounds:\n"
	"  push %rbx\n  push %rbp\n  push %r12\n  push %r13\n  push %r14\n  push %r15\n"
	"  xor %eax, %eax\n"
	"  vpcmpeqd %xmm15, %xmm15, %xmm15\n"
	"  mov $0x123456789abcdef, %rdx\n"
	"  vmovq %rdx, %xmm0\n  vinsertf128 $1, %xmm0, %ymm0, %ymm0\n"
	"  vpaddq %ymm0, %ymm0, %ymm1\n  vpaddq %ymm1, %ymm0, %ymm2\n  vpaddq %ymm2, %ymm0, %ymm3\n"
	"  vpaddq %ymm3, %ymm0, %ymm4\n  vpaddq %ymm4, %ymm0, %ymm5\n"
	"  fldpi\n  fldpi\n"
	"1:\n"
	"  mov %rdi, -8(%rsp)\n  mov %rdx, -128(%rsp)\n"
	"  lea (%rdi,%rdx), %rbx\n  lea 1(%rbx), %rbp\n  lea 2(%rbx), %r8\n  lea 3(%rbx), %r9\n  lea 4(%rbx), %r10\n"
	"  lea 5(%rbx), %r11\n  lea 6(%rbx), %r12\n  lea 7(%rbx), %r13\n  lea 8(%rbx), %r14\n  lea 9(%rbx), %r15\n"
	"  lea 10(%rbx), %rcx\n  lea 11(%rbx), %rsi\n"
	"  std\n  stc\n"
	"  nop\n  nop\n  nop\n  nop\n"
	"  jnc 8f\n"
	// lea and mov keep the flags, so that carry and direction are still to be looked at after this.
	"  lea -1(%rbp), %rbp\n  lea -2(%r8), %r8\n  lea -3(%r9), %r9\n  lea -4(%r10), %r10\n  lea -5(%r11), %r11\n"
	"  lea -6(%r12), %r12\n  lea -7(%r13), %r13\n  lea -8(%r14), %r14\n  lea -9(%r15), %r15\n  lea -10(%rcx), %rcx\n"
	"  lea -11(%rsi), %rsi\n"
	"  jnc 8f\n  pushf\n  pop %rsi\n  cld\n  test $0x400, %esi\n  jz 8f\n"
	"  lea 5(%rbx), %rsi\n  lea -5(%rsi), %rsi\n"
	"  mov %rdi, -8(%rsp)\n"
	"  cmp %rbx, %rbp\n  jne 8f\n  cmp %rbx, %r8\n  jne 8f\n  cmp %rbx, %r9\n  jne 8f\n  cmp %rbx, %r10\n  jne 8f\n"
	"  cmp %rbx, %r11\n  jne 8f\n  cmp %rbx, %r12\n  jne 8f\n  cmp %rbx, %r13\n  jne 8f\n  cmp %rbx, %r14\n  jne 8f\n"
	"  cmp %rbx, %r15\n  jne 8f\n  cmp %rbx, %rcx\n  jne 8f\n  cmp %rbx, %rsi\n  jne 8f\n"
	"  cmp %rdi, -8(%rsp)\n  jne 8f\n  cmp %rdx, -128(%rsp)\n  jne 8f\n"
	"  vpaddq %ymm4, %ymm0, %ymm6\n  vpcmpeqq %ymm5, %ymm6, %ymm6\n  vpaddq %ymm1, %ymm0, %ymm7\n"
	"  vpcmpeqq %ymm2, %ymm7, %ymm7\n  vpand %ymm6, %ymm7, %ymm6\n  vpaddq %ymm2, %ymm0, %ymm7\n"
	"  vpcmpeqq %ymm3, %ymm7, %ymm7\n  vpand %ymm6, %ymm7, %ymm6\n  vpmovmskb %ymm6, %esi\n  cmp $-1, %esi\n  jne 8f\n"
	"  fcomi %st(1), %st\n  jne 8f\n"
	"9:\n  dec %rdi\n  jnz 1b\n"
	"  fstp %st(0)\n  fstp %st(0)\n  vzeroupper\n"
	"  pop %r15\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbp\n  pop %rbx\n  ret\n"
	"8:\n  cld\n  inc %rax\n  jmp 9b\n.size rounds,.-rounds\n");

static volatile sig_atomic_t ended;

static void end_now(int signal)
{
	(void)signal;
	ended = 1;
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 2);
	long wrong = 0;
	long all = 0;
	signal(SIGTERM, end_now);
	puts("ready");
	fflush(stdout);
	errno = EXDEV;
	while (!ended && time(NULL) <= end) {
		wrong += rounds(20000000);
		all++;
	}
	int error = errno;
	if (wrong || error != EXDEV) {
		printf("%ld wrong rounds of %ld, errno %d\n", wrong, all, error);
		return 1;
	}
	printf("ok after %ld\n", all);
	return 0;
}
