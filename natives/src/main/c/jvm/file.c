/* Which file a descriptor is, and other small things. */
#include "jvm.h"

#include <sys/stat.h>
#include <time.h>

JNIEXPORT jlongArray JNICALL NATIVE(identity)(JNIEnv *env, jclass type, jint fd);
JNIEXPORT void JNICALL NATIVE(closeFile)(JNIEnv *env, jclass type, jint fd, jlong device, jlong inode);

long dyntrace_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool dyntrace_text(JNIEnv *env, jstring from, char *to, size_t size)
{
	jsize bytes;

	if (!from)
		return false;
	bytes = (*env)->GetStringUTFLength(env, from);
	if (bytes < 0 || (size_t)bytes >= size)
		return false;
	(*env)->GetStringUTFRegion(env, from, 0, (*env)->GetStringLength(env, from), to);
	to[bytes] = 0;
	return true;
}

jlongArray NATIVE(identity)(JNIEnv *env, jclass type, jint fd)
{
	struct stat seen;
	jlongArray identity;

	(void)type;
	if (fd < 0 || fstat(fd, &seen))
		return NULL;
	identity = (*env)->NewLongArray(env, 2);
	if (identity) {
		const jlong both[2] = {(jlong)seen.st_dev, (jlong)seen.st_ino};

		(*env)->SetLongArrayRegion(env, identity, 0, 2, both);
	}
	return identity;
}

void NATIVE(closeFile)(JNIEnv *env, jclass type, jint fd, jlong device, jlong inode)
{
	struct dyntrace_file file = {.fd = fd, .device = (dev_t)device, .inode = (ino_t)inode};

	(void)env;
	(void)type;
	dyntrace_drop(&file);
}
