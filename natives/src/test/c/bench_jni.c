/* The static tracepoints that scripts/bench compares with in a JVM: loops of org.dyntrace.bench.StaticTracepoints. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "bench_provider.h"

#include <jni.h>

#define NATIVE(name) JNICALL Java_org_dyntrace_bench_StaticTracepoints_##name

JNIEXPORT void NATIVE(hit)(JNIEnv *env, jclass type, jint count);
JNIEXPORT void NATIVE(hitTwice)(JNIEnv *env, jclass type, jint count);

__attribute__((noinline, noclone, aligned(64))) static void traced_once(void)
{
	lttng_ust_tracepoint(dyntrace_bench, hit, (unsigned long)traced_once);
}

__attribute__((noinline, noclone, aligned(64))) static void traced_twice(void)
{
	lttng_ust_tracepoint(dyntrace_bench, hit, (unsigned long)traced_twice);
	lttng_ust_tracepoint(dyntrace_bench, hit, (unsigned long)traced_twice);
}

void NATIVE(hit)(JNIEnv *env, jclass type, jint count)
{
	(void)env;
	(void)type;
	for (jint i = 0; i < count; i++)
		traced_once();
}

void NATIVE(hitTwice)(JNIEnv *env, jclass type, jint count)
{
	(void)env;
	(void)type;
	for (jint i = 0; i < count; i++)
		traced_twice();
}
