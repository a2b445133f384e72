/*
 * System calls without libc: no errno, no cancellation point, no function that could itself carry a tracepoint.
 */
#ifndef DYNTRACE_SYS_H
#define DYNTRACE_SYS_H

#include <sys/syscall.h>

/* Returns what the kernel returns: -4095..-1 is an error number. */
static inline long sys6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long sys4(long number, long a, long b, long c, long d)
{
	return sys6(number, a, b, c, d, 0, 0);
}

static inline long sys3(long number, long a, long b, long c)
{
	return sys6(number, a, b, c, 0, 0, 0);
}

#endif
