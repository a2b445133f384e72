/* The link to the daemon. */
#define _GNU_SOURCE
#include "jvm.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* What goes through one system call, in bytes. It lies on the stack of a Java thread. */
#define PART 16384
/* Sockets that can be open at a time; the agent has one, and a moment long two. */
#define SOCKETS 8
/* Descriptors that are looked for in one message; the kernel itself closes what doesn't fit. */
#define PASSED_MAX 8
#define CONNECT_SECONDS 5

JNIEXPORT jint JNICALL NATIVE(connect)(JNIEnv *env, jclass type, jstring socket);
JNIEXPORT jint JNICALL NATIVE(receive)(JNIEnv *env, jclass type, jint fd, jbyteArray to, jint offset, jint length,
				       jintArray passed);
JNIEXPORT jint JNICALL NATIVE(send)(JNIEnv *env, jclass type, jint fd, jbyteArray from, jint offset, jint length);
JNIEXPORT jint JNICALL NATIVE(awaitInput)(JNIEnv *env, jclass type, jint fd, jint milliseconds);
JNIEXPORT void JNICALL NATIVE(shut)(JNIEnv *env, jclass type, jint fd);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct dyntrace_file sockets[SOCKETS] = {[0 ... SOCKETS - 1] = {.fd = -1}};

static bool add(struct dyntrace_file file)
{
	bool added = false;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < SOCKETS && !added; i++)
		/* One whose number the program has closed and got again is nobody's any more. */
		if (sockets[i].fd < 0 || sockets[i].fd == file.fd) {
			sockets[i] = file;
			added = true;
		}
	pthread_mutex_unlock(&lock);
	return added;
}

/* The socket of this number, if it is one that we made and still is that; forgotten if asked for. */
static struct dyntrace_file find(int fd, bool forget)
{
	struct dyntrace_file found = {.fd = -1};

	pthread_mutex_lock(&lock);
	for (int i = 0; i < SOCKETS && fd >= 0; i++)
		if (sockets[i].fd == fd) {
			found = sockets[i];
			if (forget)
				sockets[i].fd = -1;
			break;
		}
	pthread_mutex_unlock(&lock);
	if (!dyntrace_still(&found))
		found.fd = -1;
	return found;
}

static int connect_to(const struct sockaddr_un *address)
{
	/* A daemon that is stopped accepts nobody. */
	struct timeval limit = {.tv_sec = CONNECT_SECONDS};
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
		error = errno;
	else if (peer.uid != 0 && peer.uid != geteuid())
		/* Only root and the program's own user may control it, and the kernel says who is there. */
		error = EPERM;
	if (error) {
		close(fd);
		return -error;
	}
	limit.tv_sec = 0;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	/* Where Yama forbids tracing all but children, the daemon is the exception: it may bring in the native agent too. */
	prctl(PR_SET_PTRACER, peer.pid, 0, 0, 0);
	return fd;
}

jint NATIVE(connect)(JNIEnv *env, jclass type, jstring path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct dyntrace_file file;
	int fd;

	(void)type;
	if (!dyntrace_text(env, path, address.sun_path, sizeof(address.sun_path)))
		return path ? -ENAMETOOLONG : -EINVAL;
	/* An empty name would be an abstract one. */
	if (!address.sun_path[0])
		return -EINVAL;
	fd = connect_to(&address);
	if (fd < 0)
		return fd;
	file = dyntrace_keep(fd);
	if (file.fd < 0)
		return -EBADF;
	if (!add(file)) {
		dyntrace_drop(&file);
		return -EMFILE;
	}
	return file.fd;
}

static bool fits(JNIEnv *env, jarray array, jint offset, jint length)
{
	return array && offset >= 0 && length > 0 && offset <= (*env)->GetArrayLength(env, array) - length;
}

/* Closes the descriptors of a message but the first, or that too if it isn't wanted. Returns the one that is left, or -1. */
static int first_passed(struct msghdr *header, bool wanted)
{
	int first = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len < CMSG_LEN(0))
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (wanted && first < 0)
				first = fd;
			else
				close(fd);
		}
	}
	return first;
}

jint NATIVE(receive)(JNIEnv *env, jclass type, jint fd, jbyteArray to, jint offset, jint length, jintArray passed)
{
	jbyte part[PART];
	char control[CMSG_SPACE(PASSED_MAX * sizeof(int))] __attribute__((aligned(8)));
	struct iovec parts = {.iov_base = part, .iov_len = length > 0 && length < PART ? (size_t)length : PART};
	struct msghdr header;
	jint before = -1;
	ssize_t got;
	int came;

	(void)type;
	if (!fits(env, to, offset, length))
		return -EINVAL;
	do {
		if (find(fd, false).fd < 0)
			return -EBADF;
		header = (struct msghdr){
			.msg_iov = &parts, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
		got = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (passed && (*env)->GetArrayLength(env, passed) > 0)
		(*env)->GetIntArrayRegion(env, passed, 0, 1, &before);
	else
		before = 0;
	came = first_passed(&header, before < 0);
	if (came >= 0) {
		before = dyntrace_keep(came).fd;
		(*env)->SetIntArrayRegion(env, passed, 0, 1, &before);
	}
	(*env)->SetByteArrayRegion(env, to, offset, (jsize)got, part);
	return (jint)got;
}

jint NATIVE(send)(JNIEnv *env, jclass type, jint fd, jbyteArray from, jint offset, jint length)
{
	jbyte part[PART];
	jint done = 0;

	(void)type;
	if (!fits(env, from, offset, length))
		return -EINVAL;
	while (done < length) {
		jint size = length - done < PART ? length - done : PART;
		ssize_t sent;

		(*env)->GetByteArrayRegion(env, from, offset + done, size, part);
		if (find(fd, false).fd < 0)
			return -EBADF;
		sent = send(fd, part, (size_t)size, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return -errno;
		if (sent > 0)
			done += (jint)sent;
	}
	return done;
}

jint NATIVE(awaitInput)(JNIEnv *env, jclass type, jint fd, jint milliseconds)
{
	const long end = milliseconds < 0 ? LONG_MAX : dyntrace_now() + milliseconds;

	(void)env;
	(void)type;
	for (;;) {
		struct pollfd input = {.fd = fd, .events = POLLIN};
		long left = milliseconds < 0 ? -1 : end - dyntrace_now();
		int ready;

		if (find(fd, false).fd < 0)
			return -EBADF;
		ready = poll(&input, 1, left < 0 && milliseconds >= 0 ? 0 : (int)left);
		if (ready > 0)
			return input.revents & POLLNVAL ? -EBADF : 1;
		if (ready == 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

void NATIVE(shut)(JNIEnv *env, jclass type, jint fd)
{
	struct dyntrace_file file = find(fd, true);

	(void)env;
	(void)type;
	if (file.fd < 0)
		return;
	/* A thread that waits in it wakes up. */
	shutdown(file.fd, SHUT_RDWR);
	dyntrace_drop(&file);
}
