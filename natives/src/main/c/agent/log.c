/* The log tracer: one line a hit, written at once. Without libc, so that tracepoints on it do no harm. */
#include "agent.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#define LINE_MAX 1024

static char *put_number(char *to, uint64_t value, int width)
{
	char digits[20];
	int n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (width-- > n)
		*to++ = '0';
	while (n)
		*to++ = digits[--n];
	return to;
}

static char *put(char *to, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		*to++ = text[i];
	return to;
}

/* "<seconds>.<nanoseconds> <pid>/<tid> <event> <the site's line>\n" */
static size_t format(char *line, const struct dyntrace_site *site, enum dyntrace_event event)
{
	static const char names[3][6] = {"hit  ", "entry", "exit "};
	struct timespec now = {0, 0};
	size_t length = site->line_length < LINE_MAX - 100 ? site->line_length : LINE_MAX - 100;
	char *to = line;

	sys3(SYS_clock_gettime, CLOCK_REALTIME, (long)&now, 0);
	to = put_number(to, (uint64_t)now.tv_sec, 0);
	*to++ = '.';
	to = put_number(to, (uint64_t)now.tv_nsec, 9);
	*to++ = ' ';
	to = put_number(to, (uint64_t)sys3(SYS_getpid, 0, 0, 0), 0);
	*to++ = '/';
	to = put_number(to, (uint64_t)sys3(SYS_gettid, 0, 0, 0), 0);
	*to++ = ' ';
	to = put(to, names[event], 5);
	*to++ = ' ';
	to = put(to, (const char *)site->line, length);
	*to++ = '\n';
	return (size_t)(to - line);
}

/* Whether the descriptor still is the file that the daemon has seen there: programs close and reuse descriptors. */
static bool same_file(const struct dyntrace_site *site)
{
	struct stat seen;

	if (site->device == 0 && site->inode == 0)
		return true;
	return sys3(SYS_fstat, site->fd, (long)&seen, 0) == 0 && seen.st_dev == site->device &&
	       seen.st_ino == site->inode;
}

/* The program's stdout may be a pipe that nobody empties: that must not stop the program. */
static bool has_room(const struct dyntrace_site *site)
{
	struct pollfd out = {.fd = site->fd, .events = POLLOUT};

	return site->fd != 1 || (sys3(SYS_poll, (long)&out, 1, 0) == 1 && (out.revents & POLLOUT));
}

int dyntrace_log(const struct dyntrace_site *site, enum dyntrace_event event)
{
	/* What a write can raise: a reader that is gone, a file size limit. Neither may reach the program. */
	const uint64_t raised = 1UL << (SIGPIPE - 1) | 1UL << (SIGXFSZ - 1);
	uint64_t before = 0, pending = 0;
	char line[LINE_MAX];
	size_t length;
	long written;

	if (!same_file(site) || !has_room(site))
		return 1;
	length = format(line, site, event);
	sys4(SYS_rt_sigprocmask, SIG_BLOCK, (long)&raised, (long)&before, sizeof(before));
	sys3(SYS_rt_sigpending, (long)&pending, sizeof(pending), 0);
	do
		written = sys3(SYS_write, site->fd, (long)line, (long)length);
	while (written == -EINTR);
	if (written == -EPIPE || written == -EFBIG) {
		uint64_t ours = raised & ~pending;
		struct timespec none = {0, 0};

		sys4(SYS_rt_sigtimedwait, (long)&ours, 0, (long)&none, sizeof(ours));
	}
	sys4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&before, 0, sizeof(before));
	return written != (long)length;
}
