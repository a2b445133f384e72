// Programs that can't be injected into: "inject_states zombie|filter|strict|thread_filter". Prints "ready PID", the pid of the process
// that is in this state.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int filter(void)
{
	struct sock_filter no_sockets[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, no_sockets};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void *filtered_thread(void *arg)
{
	if (filter()) {
		_exit(1);
	}
	printf("ready %d\n", getpid());
	fflush(stdout);
	sleep(60);
	return arg;
}

int main(int argc, char **argv)
{
	const char *state = argc > 1 ? argv[1] : "";
	pid_t pid = getpid();
	alarm(60);
	if (!strcmp(state, "zombie")) {
		pid = fork();
		if (pid == 0) {
			_exit(0);
		}
		usleep(50000);
	} else if (!strcmp(state, "filter")) {
		if (filter()) {
			return 1;
		}
	} else if (!strcmp(state, "thread_filter")) {
		pthread_t thread;
		pthread_create(&thread, NULL, filtered_thread, NULL);
		// Only the filtered thread is left where one could inject.
		pthread_exit(NULL);
	}
	printf("ready %d\n", pid);
	fflush(stdout);
	if (!strcmp(state, "strict")) {
		char byte;
		int ends[2];
		if (pipe(ends) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)) {
			return 1;
		}
		return (int)read(ends[0], &byte, 1);
	}
	sleep(60);
	return 0;
}
