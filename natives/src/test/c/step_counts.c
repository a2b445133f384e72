/*
 * step_counts PID START-END...: steps through a program of one thread that waits in read(0), from the moment a line comes
 * until it waits for the next one, and prints how often each instruction in these ranges of addresses was executed: "address count",
 * hexadecimal and decimal. Says "ready" when the line may be sent. Exits with 1 if it can't.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define RANGES 64

static struct range {
	uint64_t start, end;
	uint32_t *counts;
} ranges[RANGES];
static int range_count;

static int die(const char *what)
{
	perror(what);
	exit(1);
}

static void count(uint64_t pc)
{
	for (int i = 0; i < range_count; i++)
		if (pc >= ranges[i].start && pc < ranges[i].end)
			ranges[i].counts[pc - ranges[i].start]++;
}

static struct user_regs_struct registers(pid_t pid)
{
	struct user_regs_struct now;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &now))
		die("GETREGS");
	return now;
}

static void await_stop(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("wait");
}

/* Whether it is about to wait for more: at read(0, ...) with nothing there. */
static int is_at_end(pid_t pid, const struct user_regs_struct *now, int input)
{
	uint16_t instruction;
	struct iovec here = {&instruction, sizeof(instruction)}, there = {(void *)now->rip, sizeof(instruction)};
	int left;

	if (now->rax != SYS_read || now->rdi != 0)
		return 0;
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != sizeof(instruction) || instruction != 0x050f)
		return 0;
	if (ioctl(input, FIONREAD, &left))
		die("FIONREAD");
	return left == 0;
}

int main(int argc, char **argv)
{
	pid_t pid = argc > 1 ? atoi(argv[1]) : 0;
	char path[64];
	int input;
	uint64_t last = 0;
	cpu_set_t before, one;

	for (int i = 2; i < argc && range_count < RANGES; i++) {
		struct range *range = &ranges[range_count++];

		if (sscanf(argv[i], "%" SCNx64 "-%" SCNx64, &range->start, &range->end) != 2)
			return 2;
		range->counts = calloc(range->end - range->start, sizeof(*range->counts));
		if (!range->counts)
			die("calloc");
	}
	snprintf(path, sizeof(path), "/proc/%d/fd/0", pid);
	input = open(path, O_RDONLY | O_NONBLOCK);
	if (input < 0)
		die(path);
	/* On one processor a step is a switch between two threads, not the awakening of another processor. */
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_getaffinity(pid, sizeof(before), &before) || sched_setaffinity(pid, sizeof(one), &one) ||
	    sched_setaffinity(0, sizeof(one), &one))
		die("affinity");
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) || ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		die("SEIZE");
	await_stop(pid);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct user_regs_struct now;

		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL))
			die("SINGLESTEP");
		await_stop(pid);
		now = registers(pid);
		/* A repeated string instruction is one. */
		if (now.rip != last)
			count(now.rip);
		last = now.rip;
		/* The first steps are in the read that waits. */
		if (is_at_end(pid, &now, input))
			break;
	}
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) || sched_setaffinity(pid, sizeof(before), &before))
		die("DETACH");
	for (int i = 0; i < range_count; i++)
		for (uint64_t at = 0; at < ranges[i].end - ranges[i].start; at++)
			if (ranges[i].counts[at])
				printf("%" PRIx64 " %u\n", ranges[i].start + at, ranges[i].counts[at]);
	return 0;
}
