/*
 * "e2e_confined WAY [NUMBER]": confines itself by a seccomp filter, then calls work 1000 times for each line of stdin, on two threads:
 * "done". Ways:
 *   agent      all calls but its own and those of the agent kill it; and NUMBER kills it, if there is one
 *   old        the same, but clone3 does not exist
 *   arguments  what is not allowed returns EPERM, and what is allowed has to have certain arguments (as containers have it)
 *   lttng      all calls but its own, those of the agent and those of lttng-ust kill it
 *   all        everything is allowed
 *   thread     only one of its threads is confined: to its own calls
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 300
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

static const int own[] = {SYS_read,       SYS_write,        SYS_futex,          SYS_exit,
			  SYS_exit_group, SYS_rt_sigreturn, SYS_restart_syscall};
static const int agents[] = {
	SYS_read,
	SYS_write,
	SYS_close,
	SYS_fstat,
	SYS_poll,
	SYS_mmap,
	SYS_mprotect,
	SYS_munmap,
	SYS_brk,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_pread64,
	SYS_madvise,
	SYS_nanosleep,
	SYS_getpid,
	SYS_socket,
	SYS_connect,
	SYS_sendto,
	SYS_recvmsg,
	SYS_shutdown,
	SYS_getsockopt,
	SYS_clone,
	SYS_exit,
	SYS_fcntl,
	SYS_geteuid,
	SYS_rt_sigpending,
	SYS_rt_sigtimedwait,
	SYS_sigaltstack,
	SYS_sched_setscheduler,
	SYS_prctl,
	SYS_gettid,
	SYS_tkill,
	SYS_futex,
	SYS_clock_gettime,
	SYS_tgkill,
	SYS_openat,
	SYS_newfstatat,
	SYS_set_robust_list,
	SYS_memfd_create,
	SYS_rseq,
	SYS_clone3,
};

static const int lttngs[] = {
	SYS_rt_sigaction, SYS_lseek,         SYS_sendmsg,       SYS_setsockopt, SYS_ftruncate, SYS_getcwd,
	SYS_readlink,     SYS_getuid,        SYS_getgid,        SYS_getegid,    SYS_getppid,   SYS_sched_getaffinity,
	SYS_getdents64,   SYS_set_mempolicy, SYS_get_mempolicy, SYS_prlimit64,  SYS_getcpu,    SYS_getrandom,
	SYS_membarrier,
};

static struct sock_filter code[MOST];
static unsigned short length;

static void add(struct sock_filter instruction)
{
	if (length == MOST)
		abort();
	code[length++] = instruction;
}

static void allow(int number)
{
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 1));
	add((struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

static void decide(int number, unsigned int action)
{
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 1));
	add((struct sock_filter)RETURN(action));
}

/* Allowed if its first argument, masked, is this one. */
static void allow_if(int number, unsigned int mask, unsigned int value)
{
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 5));
	add((struct sock_filter)LOAD(args[0]));
	add((struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
	add((struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
	add((struct sock_filter)LOAD(nr));
}

static void install(unsigned int otherwise, unsigned int flags)
{
	struct sock_fprog program = {0, code};

	add((struct sock_filter)RETURN(otherwise));
	program.len = length;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program))
		abort();
}

static void begin(void)
{
	add((struct sock_filter)LOAD(arch));
	add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
	add((struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS));
	add((struct sock_filter)LOAD(nr));
}

static void allow_own(void)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		allow(own[i]);
}

static void confine(const char *way, int without)
{
	begin();
	if (without >= 0)
		decide(without, SECCOMP_RET_KILL_PROCESS);
	if (!strcmp(way, "old"))
		decide(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
	allow_own();
	if (!strcmp(way, "arguments")) {
		allow_if(SYS_socket, ~0U, AF_UNIX);
		allow_if(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS, 0);
		decide(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
	}
	for (size_t i = 0; i < sizeof(agents) / sizeof(*agents); i++)
		if (strcmp(way, "arguments") || (agents[i] != SYS_socket && agents[i] != SYS_clone))
			allow(agents[i]);
	if (!strcmp(way, "lttng"))
		for (size_t i = 0; i < sizeof(lttngs) / sizeof(*lttngs); i++)
			allow(lttngs[i]);
	install(!strcmp(way, "all")         ? SECCOMP_RET_ALLOW
		: !strcmp(way, "arguments") ? SECCOMP_RET_ERRNO | EPERM
					    : SECCOMP_RET_KILL_PROCESS,
		SECCOMP_FILTER_FLAG_TSYNC);
}

long work(long value);

__attribute__((noinline)) long work(long value)
{
	static volatile long one = 1;

	return value * 3 + one;
}

static pthread_barrier_t lines, answers;
static const char *way;

static void *call(void *unused)
{
	if (!strcmp(way, "thread")) {
		begin();
		allow_own();
		install(SECCOMP_RET_KILL_PROCESS, 0);
	}
	for (;;) {
		pthread_barrier_wait(&lines);
		for (long i = 0; i < 500; i++)
			if (work(i) != i * 3 + 1)
				abort();
		pthread_barrier_wait(&answers);
	}
	return unused;
}

int main(int argc, char **argv)
{
	static const char ready[] = "ready\n", done[] = "done\n";
	pthread_t thread;
	char line[16];

	way = argc > 1 ? argv[1] : "all";
	pthread_barrier_init(&lines, NULL, 2);
	pthread_barrier_init(&answers, NULL, 2);
	if (pthread_create(&thread, NULL, call, NULL))
		return 1;
	if (strcmp(way, "thread"))
		confine(way, argc > 2 ? atoi(argv[2]) : -1);
	if (write(1, ready, sizeof(ready) - 1) < 0)
		return 1;
	while (read(0, line, sizeof(line)) > 0) {
		pthread_barrier_wait(&lines);
		for (long i = 0; i < 500; i++)
			if (work(i) != i * 3 + 1)
				abort();
		pthread_barrier_wait(&answers);
		if (write(1, done, sizeof(done) - 1) < 0)
			return 1;
	}
	return 0;
}
