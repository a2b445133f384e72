// A library to inject: it does everything that the ABI allows a function to do to its caller, and tells of it in a file.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int constructed;

// Overwrites every vector register and the flags, as any function may.
static void clobber(void)
{
	__asm__ volatile("vpcmpeqd %%xmm0, %%xmm0, %%xmm0\n\t"
			 "vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0\n\t"
			 "vmovaps %%ymm0, %%ymm1\n\tvmovaps %%ymm0, %%ymm2\n\tvmovaps %%ymm0, %%ymm3\n\t"
			 "vmovaps %%ymm0, %%ymm4\n\tvmovaps %%ymm0, %%ymm5\n\tvmovaps %%ymm0, %%ymm6\n\t"
			 "vmovaps %%ymm0, %%ymm7\n\tvmovaps %%ymm0, %%ymm8\n\tvmovaps %%ymm0, %%ymm9\n\t"
			 "vmovaps %%ymm0, %%ymm10\n\tvmovaps %%ymm0, %%ymm11\n\tvmovaps %%ymm0, %%ymm12\n\t"
			 "vmovaps %%ymm0, %%ymm13\n\tvmovaps %%ymm0, %%ymm14\n\tvmovaps %%ymm0, %%ymm15\n\t"
			 "stc\n\t" ::
				 : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
				   "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

static void *thread(void *arg)
{
	for (;;) {
		pause();
	}
	return arg;
}

__attribute__((constructor)) static void construct(void)
{
	constructed = 1;
}

// Appends a line to the file named by the argument; an argument that begins with "thread:" starts a thread first.
int dyntrace_agent_start(const char *argument)
{
	int aligned = ((uintptr_t)__builtin_frame_address(0) & 15) == 0;
	if (!strncmp(argument, "thread:", 7)) {
		sigset_t all, before;
		pthread_t id;
		argument += 7;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		pthread_create(&id, NULL, thread, NULL);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	if (*argument) {
		FILE *file = fopen(argument, "a");
		if (!file) {
			return errno;
		}
		fprintf(file, "loaded %d\n", constructed + aligned);
		fclose(file);
	}
	free(malloc(100000));
	errno = ENOTTY;
	clobber();
	return 42;
}
