/* Calls tracers, whose sites lie in memory that Java does not move. */
#include "jvm.h"

#include "../agent/agent.h"

#include <stdint.h>
#include <stdlib.h>

JNIEXPORT jlong JNICALL NATIVE(logTracer)(JNIEnv *env, jclass type);
JNIEXPORT jint JNICALL NATIVE(trace)(JNIEnv *env, jclass type, jlong tracer, jlong site, jint event);
JNIEXPORT jlong JNICALL NATIVE(allocate)(JNIEnv *env, jclass type, jint bytes);
JNIEXPORT void JNICALL NATIVE(free)(JNIEnv *env, jclass type, jlong address);
JNIEXPORT void JNICALL NATIVE(write)(JNIEnv *env, jclass type, jlong address, jbyteArray bytes);
JNIEXPORT jint JNICALL NATIVE(readInt)(JNIEnv *env, jclass type, jlong address);

jlong NATIVE(logTracer)(JNIEnv *env, jclass type)
{
	(void)env;
	(void)type;
	return (jlong)(uintptr_t)dyntrace_log;
}

jint NATIVE(trace)(JNIEnv *env, jclass type, jlong tracer, jlong site, jint event)
{
	(void)env;
	(void)type;
	return ((dyntrace_tracer)(uintptr_t)tracer)((const struct dyntrace_site *)(uintptr_t)site,
						    (enum dyntrace_event)event);
}

jlong NATIVE(allocate)(JNIEnv *env, jclass type, jint bytes)
{
	(void)env;
	(void)type;
	return bytes > 0 ? (jlong)(uintptr_t)calloc(1, (size_t)bytes) : 0;
}

void NATIVE(free)(JNIEnv *env, jclass type, jlong address)
{
	(void)env;
	(void)type;
	free((void *)(uintptr_t)address);
}

void NATIVE(write)(JNIEnv *env, jclass type, jlong address, jbyteArray bytes)
{
	(void)type;
	if (address && bytes)
		(*env)->GetByteArrayRegion(env, bytes, 0, (*env)->GetArrayLength(env, bytes),
					   (jbyte *)(uintptr_t)address);
}

jint NATIVE(readInt)(JNIEnv *env, jclass type, jlong address)
{
	(void)env;
	(void)type;
	return address ? __atomic_load_n((const jint *)(uintptr_t)address, __ATOMIC_RELAXED) : 0;
}
