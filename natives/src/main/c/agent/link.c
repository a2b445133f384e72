/*
 * The agent's thread: finds the daemon, tells it where the agent's parts are and does the few things that only the
 * target itself can do. Without a daemon it looks once a second whether one is there. It does not watch the place
 * with inotify: a user has 128 instances of that, which the user's own programs need.
 *
 * The link's descriptor lives in the program's table. Programs close descriptors that they don't know and get the
 * numbers again: the socket is looked at (inode) before each use, and given up when it is another file.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "file.h"
#include "sys.h"
#include "wire.pb.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <pb_decode.h>
#include <pb_encode.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STACK_SIZE (256 * 1024)
#define FRAME_MAX 16384
#define RUNDIRS 3
/* How long to wait before looking for a daemon again, in milliseconds: longer from time to time, but no longer than this. */
#define PAUSE_MOST 1000
/* More than all libraries' static thread-local memory. */
#define STATIC_TLS_MOST 65536

static char rundirs[RUNDIRS][DYNTRACE_RUNDIR_MAX + 1];
static struct dyntrace_file link_file = {.fd = -1};
static uint8_t frame[FRAME_MAX];

/* Who may use the link: the agent's thread alone while it is CLOSED, else who made it BUSY. */
enum { CLOSED, OPEN, BUSY };
static uint32_t link_state;

/* The run directory that the injector named; asked_for is 0 before, and odd while it is written. */
static char asked[DYNTRACE_RUNDIR_MAX + 1];
static uint32_t asked_for;

/* How often this library was opened for us: by an injector, and by its own thread, which no dlclose of the program's may end. */
static unsigned int references;
static bool pinned;
/* Whether there is a thread, and whether it is about to end. */
static bool started, leaving;

static struct dyntrace_chunk chunks[DYNTRACE_CHUNKS];

int dyntrace_link_rundir(const char *rundir)
{
	uint32_t odd;

	if (strlen(rundir) > DYNTRACE_RUNDIR_MAX)
		return ENAMETOOLONG;
	/* Linked to another daemon already: let go, and find this one. No new link is made until its name is there. */
	odd = __atomic_or_fetch(&asked_for, 1, __ATOMIC_SEQ_CST);
	if (dyntrace_still(&link_file))
		shutdown(link_file.fd, SHUT_RDWR);
	strcpy(asked, rundir);
	__atomic_store_n(&asked_for, odd + 1, __ATOMIC_SEQ_CST);
	sys3(SYS_futex, (long)&asked_for, FUTEX_WAKE_PRIVATE, 1);
	return 0;
}

/* Waits until an injector has named a run directory since asked_for was so, or for some time. */
static void rest(uint32_t since, int milliseconds)
{
	const struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};

	sys4(SYS_futex, (long)&asked_for, FUTEX_WAIT_PRIVATE, since, (long)&limit);
}

static void usual_rundirs(void)
{
	const char *chosen = secure_getenv("DYNTRACE_RUNDIR");
	const char *user = secure_getenv("XDG_RUNTIME_DIR");

	if (chosen && strlen(chosen) <= DYNTRACE_RUNDIR_MAX)
		strcpy(rundirs[0], chosen);
	strcpy(rundirs[1], "/run/dyntrace");
	if (user && strlen(user) + sizeof("/dyntrace") <= DYNTRACE_RUNDIR_MAX) {
		strcpy(rundirs[2], user);
		strcat(rundirs[2], "/dyntrace");
	}
}

static int connect_to(const char *rundir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd;

	if (snprintf(address.sun_path, sizeof(address.sun_path), "%s.agents/link.sock", rundir) >=
	    (int)sizeof(address.sun_path))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* Only root and the program's own user may control it, and the kernel says who is there. */
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) || (peer.uid != 0 && peer.uid != geteuid())) {
		close(fd);
		return -1;
	}
	/* Where Yama forbids tracing all but children, the daemon is the exception. */
	prctl(PR_SET_PTRACER, peer.pid, 0, 0, 0);
	return fd;
}

static int find_daemon(void)
{
	for (int i = 0; i < RUNDIRS; i++)
		if (rundirs[i][0]) {
			int fd = connect_to(rundirs[i]);

			if (fd >= 0)
				return fd;
		}
	return -1;
}

/* Returns whether the link was open; nobody keeps it for long, unless its thread is stopped. */
static bool take_link(int milliseconds)
{
	const struct timespec slice = {.tv_nsec = 1000000};

	for (int i = 0; i <= milliseconds; i++) {
		uint32_t state = OPEN;

		if (__atomic_compare_exchange_n(&link_state, &state, BUSY, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
		if (state == CLOSED)
			return false;
		sys3(SYS_nanosleep, (long)&slice, 0, 0);
	}
	return false;
}

static void give_link(uint32_t state)
{
	__atomic_store_n(&link_state, state, __ATOMIC_RELEASE);
}

bool dyntrace_link_loaded(void)
{
	/* A frame of 2 bytes: FromAgent, with an empty Loaded. */
	static const uint8_t loaded[] = {2, 0, 0, 0, dyntrace_wire_FromAgent_loaded_tag << 3 | 2, 0};
	bool told;

	if (!take_link(20))
		return false;
	told = dyntrace_still(&link_file) && sys6(SYS_sendto, link_file.fd, (long)loaded, sizeof(loaded),
						  MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0) == sizeof(loaded);
	give_link(OPEN);
	return told;
}

static bool send_message(const dyntrace_wire_FromAgent *message)
{
	static uint8_t out[4 + dyntrace_wire_FromAgent_size];
	pb_ostream_t stream = pb_ostream_from_buffer(out + 4, sizeof(out) - 4);
	size_t done = 0, size;
	uint32_t length;

	if (!pb_encode(&stream, dyntrace_wire_FromAgent_fields, message))
		return false;
	length = (uint32_t)stream.bytes_written;
	memcpy(out, &length, 4);
	size = 4 + length;
	while (done < size) {
		ssize_t sent;

		if (!dyntrace_still(&link_file))
			return false;
		sent = send(link_file.fd, out + done, size - done, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0)
			done += (size_t)sent;
	}
	return true;
}

/* Reads exactly size bytes; a descriptor that comes along replaces *passed. */
static bool receive(uint8_t *to, size_t size, int *passed)
{
	while (size) {
		char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
		struct iovec part = {.iov_base = to, .iov_len = size};
		struct msghdr header = {
			.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
		ssize_t got;

		if (!dyntrace_still(&link_file))
			return false;
		got = recvmsg(link_file.fd, &header, MSG_CMSG_CLOEXEC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c))
			if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
				if (*passed >= 0)
					close(*passed);
				memcpy(passed, CMSG_DATA(c), sizeof(int));
			}
		to += got;
		size -= (size_t)got;
	}
	return true;
}

/* Waits until no thread is inside a tracer that it entered before now; bounded, since a tracer may block in a write. */
static void await_tracers(void)
{
	for (int wait = 0; wait < 100; wait++) {
		bool busy = false;

		for (int i = 0; i < DYNTRACE_BLOCKS && dyntrace_blocks[i]; i++)
			busy |= __atomic_load_n(&dyntrace_blocks[i]->in_tracer, __ATOMIC_ACQUIRE) != 0;
		if (!busy)
			return;
		poll(NULL, 0, 1);
	}
}

static void open_log(dyntrace_wire_Reply *reply, int *passed)
{
	struct dyntrace_file file = dyntrace_keep(*passed);

	*passed = -1;
	if (file.fd < 0) {
		reply->error = EBADF;
		return;
	}
	reply->value = (uint64_t)file.fd;
	reply->device = file.device;
	reply->inode = file.inode;
}

static void close_log(dyntrace_wire_Reply *reply, const dyntrace_wire_CloseLog *request)
{
	struct dyntrace_file file = {.fd = request->fd, .device = request->device, .inode = request->inode};

	await_tracers();
	if (!dyntrace_still(&file))
		reply->error = EBADF;
	dyntrace_drop(&file);
}

static void map(dyntrace_wire_Reply *reply, const dyntrace_wire_Map *request)
{
	if (request->executable && dyntrace_anchor.chunk_count == DYNTRACE_CHUNKS) {
		reply->error = ENOMEM;
		return;
	}
	void *at = mmap((void *)request->address, request->size,
			request->executable ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at == MAP_FAILED)
		reply->error = errno;
	else if (request->executable)
		chunks[dyntrace_anchor.chunk_count++] =
			(struct dyntrace_chunk){.address = request->address, .size = request->size};
	reply->value = (uint64_t)at;
}

static struct link_map *own_library(Dl_info *info)
{
	struct link_map *library = NULL;

	return dladdr1(&dyntrace_anchor, info, (void **)&library, RTLD_DL_LINKMAP) ? library : NULL;
}

void dyntrace_link_loaded_again(void)
{
	references++;
}

/* As long as it has a thread here, this library stays. */
static void pin(void)
{
	Dl_info info;

	if (!pinned && own_library(&info) && dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD)) {
		pinned = true;
		references++;
	}
}

/*
 * Whether another library has taken static thread-local memory behind ours. The loader gives that back only from its end: each time we
 * came again, we would take more, and there is not much.
 */
static int is_behind(struct dl_phdr_info *info, size_t size, void *own)
{
	uintptr_t ours = (uintptr_t)&dyntrace_current, theirs = (uintptr_t)info->dlpi_tls_data;

	(void)size;
	return info->dlpi_addr != ((struct link_map *)own)->l_addr && theirs && theirs < ours &&
	       ours - theirs < STATIC_TLS_MOST;
}

/*
 * The daemon has seen to it that nothing leads to this library any more, and that no thread has anything of it. All memory is given
 * back, but that of threads' blocks if lttng-ust has to stay. The answer's value is what to give to dlclose when this thread has ended, or 0 when the library has to stay.
 */
static void leave(dyntrace_wire_Reply *reply)
{
	Dl_info info;
	struct link_map *library = own_library(&info);

	__atomic_store_n(&leaving, true, __ATOMIC_RELEASE);
	dyntrace_frames_release();
	while (dyntrace_anchor.chunk_count) {
		const struct dyntrace_chunk *chunk = &chunks[--dyntrace_anchor.chunk_count];

		munmap((void *)chunk->address, chunk->size);
	}
	if (dyntrace_anchor.lttng_tracer)
		snprintf(reply->message, sizeof(reply->message), "LTTng-UST, once loaded, can't be taken out");
	else if (!library || !references || dl_iterate_phdr(is_behind, library))
		snprintf(reply->message, sizeof(reply->message),
			 "the program was started with it, or has loaded other libraries since");
	else
		reply->value = (uint64_t)library;
	/* Else threads may come back to theirs, from a fork in which lttng-ust is at work. */
	if (!dyntrace_anchor.lttng_tracer)
		dyntrace_blocks_release();
	if (reply->value) {
		/* All but the last, which the daemon makes another thread do. */
		for (; references > 1; references--)
			dlclose(library);
		pinned = false;
	}
}

static void answer(const dyntrace_wire_Request *request, dyntrace_wire_Reply *reply, int *passed)
{
	switch (request->which_body) {
	case dyntrace_wire_Request_map_tag:
		map(reply, &request->body.map);
		break;
	case dyntrace_wire_Request_unmap_tag:
		if (munmap((void *)request->body.unmap.address, request->body.unmap.size))
			reply->error = errno;
		break;
	case dyntrace_wire_Request_resolve_tag:
		reply->value = ((uint64_t(*)(void))request->body.resolve.address)();
		break;
	case dyntrace_wire_Request_open_log_tag:
		open_log(reply, passed);
		break;
	case dyntrace_wire_Request_close_log_tag:
		close_log(reply, &request->body.close_log);
		break;
	case dyntrace_wire_Request_load_lttng_tag:
		reply->error =
			dyntrace_lttng_load(request->body.load_lttng.path, reply->message, sizeof(reply->message));
		break;
	case dyntrace_wire_Request_emit_info_tag:
		dyntrace_lttng_info(request->body.emit_info.tracepoint, request->body.emit_info.symbol,
				    request->body.emit_info.module, request->body.emit_info.address);
		break;
	case dyntrace_wire_Request_reap_tag:
		dyntrace_frames_reap();
		break;
	case dyntrace_wire_Request_leave_tag:
		leave(reply);
		break;
	default:
		reply->error = ENOSYS;
	}
}

/* Reads a request; false for one that is none, and when the link has ended. */
static bool receive_request(dyntrace_wire_Request *request, int *passed)
{
	pb_istream_t stream;
	uint32_t length;

	if (!receive((uint8_t *)&length, 4, passed) || length == 0 || length > FRAME_MAX ||
	    !receive(frame, length, passed))
		return false;
	stream = pb_istream_from_buffer(frame, length);
	memset(request, 0, sizeof(*request));
	return pb_decode(&stream, dyntrace_wire_Request_fields, request);
}

static bool serve_one(void)
{
	static dyntrace_wire_Request request;
	static dyntrace_wire_FromAgent message;
	int passed = -1;
	bool good = receive_request(&request, &passed);

	if (good) {
		memset(&message, 0, sizeof(message));
		message.which_body = dyntrace_wire_FromAgent_reply_tag;
		message.body.reply.id = request.id;
		answer(&request, &message.body.reply, &passed);
		good = take_link(1000);
		if (good) {
			good = send_message(&message);
			give_link(OPEN);
		}
	}
	if (passed >= 0)
		close(passed);
	return good;
}

static void serve(void)
{
	static dyntrace_wire_FromAgent hello;

	memset(&hello, 0, sizeof(hello));
	hello.which_body = dyntrace_wire_FromAgent_hello_tag;
	hello.body.hello.protocol = 1;
	hello.body.hello.kind = dyntrace_wire_AgentKind_NATIVE;
	hello.body.hello.has_native = true;
	hello.body.hello.native.anchor = (uint64_t)&dyntrace_anchor;
	if (send_message(&hello)) {
		give_link(OPEN);
		while (!leaving && serve_one())
			;
		take_link(1000);
		give_link(CLOSED);
	}
}

static void *run(void *nothing)
{
	int pause = 0;

	dyntrace_current = &dyntrace_junk;
	dyntrace_anchor.thread = (uint32_t)sys3(SYS_gettid, 0, 0, 0);
	prctl(PR_SET_NAME, "dyntrace", 0, 0, 0);
	/* An injected agent is told where its daemon is at once; one that was linked or preloaded never is. */
	rest(0, 20);
	for (;;) {
		uint32_t seen = __atomic_load_n(&asked_for, __ATOMIC_SEQ_CST);

		if (seen % 2)
			rest(seen, PAUSE_MOST);
		else if (seen)
			strcpy(rundirs[0], asked);
		link_file = dyntrace_keep(find_daemon());
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (__atomic_load_n(&asked_for, __ATOMIC_SEQ_CST) != seen) {
			/* Asked for another one meanwhile, by who may have looked before this link was there. */
			dyntrace_drop(&link_file);
			continue;
		}
		if (link_file.fd >= 0) {
			struct timespec from, to;

			clock_gettime(CLOCK_MONOTONIC, &from);
			serve();
			dyntrace_drop(&link_file);
			if (leaving)
				break;
			clock_gettime(CLOCK_MONOTONIC, &to);
			/* One that hangs up at once will do so again. */
			if (to.tv_sec - from.tv_sec > 2)
				pause = 0;
		}
		pause = pause * 2 + 50 < PAUSE_MOST ? pause * 2 + 50 : PAUSE_MOST;
		rest(seen, pause);
	}
	/* The stack is the daemon's to unmap now. */
	dyntrace_anchor.stack = 0;
	started = false;
	return nothing;
}

/*
 * A stack of our own, which the C library does not keep when the thread has ended. Its lowest page stays out of reach. A forked child
 * has it, too, and no thread on it.
 */
static bool make_stack(void)
{
	if (!dyntrace_anchor.stack) {
		void *memory = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

		if (memory == MAP_FAILED)
			return false;
		mprotect(memory, 4096, PROT_NONE);
		dyntrace_anchor.stack = (uint64_t)memory;
		dyntrace_anchor.stack_size = STACK_SIZE;
	}
	return true;
}

int dyntrace_link_start(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;
	int error;

	if (started)
		return 0;
	leaving = false;
	dyntrace_anchor.chunks = (uint64_t)chunks;
	pin();
	if (!make_stack())
		return ENOMEM;
	usual_rundirs();
	error = pthread_attr_init(&attributes);
	if (error)
		return error;
	pthread_attr_setstack(&attributes, (void *)dyntrace_anchor.stack, dyntrace_anchor.stack_size);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	/* The program's signals are for the program's threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attributes, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	started = !error;
	return error;
}

bool dyntrace_link_leaving(void)
{
	return __atomic_load_n(&leaving, __ATOMIC_ACQUIRE);
}

bool dyntrace_link_forked(void)
{
	bool had_thread = started && !leaving;

	started = false;
	give_link(CLOSED);
	dyntrace_drop(&link_file);
	return had_thread;
}
