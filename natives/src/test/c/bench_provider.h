/* A static tracepoint with the same field as ours, to compare with. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER dyntrace_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "./bench_provider.h"

#if !defined(BENCH_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define BENCH_PROVIDER_H

#include <lttng/tracepoint.h>

LTTNG_UST_TRACEPOINT_EVENT(dyntrace_bench, hit, LTTNG_UST_TP_ARGS(unsigned long, address),
			   LTTNG_UST_TP_FIELDS(lttng_ust_field_integer_hex(unsigned long, address, address)))

#endif

#include <lttng/tracepoint-event.h>
