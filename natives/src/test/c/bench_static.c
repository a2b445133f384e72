/*
 * The static tracepoints that scripts/bench compares with, in a library that programs load after our tracer: most programs
 * don't hold lttng-ust before it. Functions of bench_calls.c, and natives of org.dyntrace.bench.StaticTracepoints.
 */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "bench_provider.h"

void bench_static(long count);
void bench_static_pair(long count);
void Java_org_dyntrace_bench_StaticTracepoints_hit(void *env, void *type, int count);
void Java_org_dyntrace_bench_StaticTracepoints_hitTwice(void *env, void *type, int count);

__attribute__((noinline, noclone, aligned(64))) static void traced_once(void)
{
	lttng_ust_tracepoint(dyntrace_bench, hit, (unsigned long)traced_once);
}

__attribute__((noinline, noclone, aligned(64))) static void traced_twice(void)
{
	lttng_ust_tracepoint(dyntrace_bench, hit, (unsigned long)traced_twice);
	lttng_ust_tracepoint(dyntrace_bench, hit, (unsigned long)traced_twice);
}

void bench_static(long count)
{
	for (long i = 0; i < count; i++)
		traced_once();
}

void bench_static_pair(long count)
{
	for (long i = 0; i < count; i++)
		traced_twice();
}

void Java_org_dyntrace_bench_StaticTracepoints_hit(void *env, void *type, int count)
{
	(void)env;
	(void)type;
	bench_static(count);
}

void Java_org_dyntrace_bench_StaticTracepoints_hitTwice(void *env, void *type, int count)
{
	(void)env;
	(void)type;
	bench_static_pair(count);
}
