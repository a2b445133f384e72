/* Waits for a daemon without asking again and again: inotify tells when something appears where its socket will be. */
#define _GNU_SOURCE
#include "jvm.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define RUNDIRS 8
/* How often to look when the kernel has no inotify instance left for this user, in milliseconds. */
#define WITHOUT_INOTIFY 5000

JNIEXPORT jboolean JNICALL NATIVE(awaitDaemon)(JNIEnv *env, jclass type, jobjectArray rundirs, jint milliseconds);
JNIEXPORT void JNICALL NATIVE(endWatch)(JNIEnv *env, jclass type);

/* Of the agent's own thread, as all here. */
static struct dyntrace_file inotify = {.fd = -1};
static int watches[RUNDIRS];
static int newest;

/* Watches the directory that will hold the socket, or the nearest one above it that exists. Returns the watch or -1. */
static int watch(char *path)
{
	const uint32_t events = IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR;
	int seen;

	while ((seen = inotify_add_watch(inotify.fd, path, events)) < 0) {
		char *slash = strrchr(path, '/');

		if (!slash || !slash[1])
			return -1;
		/* The root keeps its slash. */
		slash[slash == path] = 0;
	}
	return seen;
}

/* Puts the watches where they are of use now. Returns whether there is a new one: something may have been there before it. */
static bool look_around(JNIEnv *env, jobjectArray rundirs)
{
	jsize count = rundirs ? (*env)->GetArrayLength(env, rundirs) : 0;
	int now[RUNDIRS];
	bool fresh = false;

	for (int i = 0; i < RUNDIRS; i++) {
		char path[PATH_MAX + sizeof(".agents")];
		jstring rundir = i < count ? (*env)->GetObjectArrayElement(env, rundirs, i) : NULL;

		now[i] = -1;
		if (!rundir)
			continue;
		if (dyntrace_text(env, rundir, path, PATH_MAX) && path[0] == '/') {
			strcat(path, ".agents");
			now[i] = watch(path);
		}
		(*env)->DeleteLocalRef(env, rundir);
		/* The kernel counts them upwards, and gives the same one for the same directory. */
		if (now[i] > newest) {
			newest = now[i];
			fresh = true;
		}
	}
	for (int i = 0; i < RUNDIRS; i++) {
		bool used = watches[i] < 0;

		for (int j = 0; j < RUNDIRS && !used; j++)
			used = now[j] == watches[i];
		if (!used)
			inotify_rm_watch(inotify.fd, watches[i]);
	}
	memcpy(watches, now, sizeof(now));
	return fresh;
}

void NATIVE(endWatch)(JNIEnv *env, jclass type)
{
	(void)env;
	(void)type;
	dyntrace_drop(&inotify);
}

jboolean NATIVE(awaitDaemon)(JNIEnv *env, jclass type, jobjectArray rundirs, jint milliseconds)
{
	char events[4096] __attribute__((aligned(8)));
	struct pollfd wait = {.events = POLLIN};

	(void)type;
	if (!dyntrace_still(&inotify)) {
		inotify = dyntrace_keep(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
		newest = 0;
		memset(watches, -1, sizeof(watches));
	}
	if (inotify.fd < 0) {
		bool brief = milliseconds >= 0 && milliseconds < WITHOUT_INOTIFY;

		poll(NULL, 0, brief ? milliseconds : WITHOUT_INOTIFY);
		return !brief;
	}
	if (look_around(env, rundirs))
		return true;
	wait.fd = inotify.fd;
	if (poll(&wait, 1, milliseconds) <= 0 || !dyntrace_still(&inotify))
		/* Interrupted: as good as a timeout; who waits for ever tries once more than needed. */
		return milliseconds < 0;
	while (read(inotify.fd, events, sizeof(events)) > 0)
		;
	return true;
}
