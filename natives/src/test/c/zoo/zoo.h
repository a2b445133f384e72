/*
 * What the programs of this folder share. Each holds one trap for tracers: functions whose names begin with "traced_" are called again
 * and again while tracepoints come and go, and the program checks what must not change. ZooTest says on stdin what to do, a line
 * each: "free" is rounds until the next line, a number is that many rounds and then the number of calls so far. At the end of stdin a
 * program ends with 0; as soon as anything is wrong, with 1 and a word.
 *
 * It talks by system calls: where functions of libc are traced, only the calls that a program counts are made.
 */
#ifndef ZOO_H
#define ZOO_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __cplusplus
#define TRACED extern "C" __attribute__((noinline, noipa))
#else
#define TRACED __attribute__((noinline, noipa))
#endif

/* A function in assembly, right behind the one before it. */
#define ASSEMBLY(name, code)                                                                                           \
	__asm__(".text\n.globl " name "\n.type " name ", @function\n" name ": .cfi_startproc\n" code                   \
		"\n.cfi_endproc\n.size " name ", . - " name)
/* Room between functions. */
#define GAP __asm__(".text\n.p2align 6, 0xcc\n.skip 16, 0xcc")

#define CHECK(what)                                                                                                    \
	do {                                                                                                           \
		if (!(what))                                                                                           \
			zoo_fail(#what, __LINE__);                                                                     \
	} while (0)

/* Calls of traced functions, and those of which a tracer need not see all: of handlers that interrupt tracers. */
static long zoo_calls, zoo_maybe;
/* Frames that may have been left without a return just now. */
static long zoo_open;
static int zoo_out = 1;

static inline void zoo_count(long calls)
{
	__atomic_fetch_add(&zoo_calls, calls, __ATOMIC_RELAXED);
}

static inline void zoo_say(const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	syscall(SYS_write, zoo_out, text, strlen(text));
}

static inline void zoo_fail(const char *what, int line)
{
	zoo_say("wrong in line %d: %s\n", line, what);
	syscall(SYS_exit_group, 1);
}

static inline int zoo_line(char *line, size_t size)
{
	size_t length = 0;
	long got;

	while ((got = syscall(SYS_read, 0, line + length, 1)) == 1 && line[length] != '\n' && length < size - 1)
		length++;
	line[length] = 0;
	return got == 1;
}

/* Waits for a millisecond. */
static inline int zoo_line_waits(void)
{
	struct pollfd in = {0, POLLIN, 0};

	return syscall(SYS_poll, &in, 1, 1) != 0;
}

static inline int zoo(void (*round)(void))
{
	char line[16];

	zoo_say("ready\n");
	while (zoo_line(line, sizeof(line))) {
		int free = !strcmp(line, "free");

		for (long rounds = free ? -1 : atol(line); rounds; rounds--) {
			/* Who stands still is ended. */
			alarm(60);
			round();
			if (free && zoo_line_waits())
				break;
		}
		if (!free)
			zoo_say("calls %ld maybe %ld open %ld\n", zoo_calls, zoo_maybe, zoo_open);
	}
	return 0;
}

#endif
