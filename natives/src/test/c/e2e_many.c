/*
 * A machine with much on it: as many processes as the argument says, all of this program, which has 100,000 functions. Says when they are
 * there, and ends with them when stdin does.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Written by the assembler, since a compiler takes half a minute for them. Each is 16 bytes, like small real ones. */
__asm__(".altmacro\n"
	".macro function number\n"
	".p2align 4\n"
	".globl function_\\number\n"
	".type function_\\number, @function\n"
	"function_\\number:\n"
	"	push %rbp\n"
	"	mov %rsp, %rbp\n"
	"	lea \\number(%rdi), %rax\n"
	"	pop %rbp\n"
	"	ret\n"
	".size function_\\number, . - function_\\number\n"
	".endm\n"
	".text\n"
	".set count, 0\n"
	".rept 100000\n"
	"function %count\n"
	".set count, count + 1\n"
	".endr\n"
	".noaltmacro\n");

long function_99999(long value);

int main(int argc, char **argv)
{
	long processes = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
	pid_t first = getpid();

	if (function_99999(1) != 100000)
		abort();
	for (long i = 1; i < processes; i++) {
		pid_t child = fork();

		if (child == -1) {
			perror("fork");
			return 1;
		}
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			while (getppid() == first)
				pause();
			_exit(0);
		}
	}
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
