/* The events. Their names and the field "address" are a contract. */
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER dyntrace_lttng

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "provider.h"

#if !defined(DYNTRACE_PROVIDER_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define DYNTRACE_PROVIDER_H

#include <lttng/tracepoint.h>

#include <stdint.h>

LTTNG_UST_TRACEPOINT_EVENT_CLASS(dyntrace_lttng, at_address, LTTNG_UST_TP_ARGS(uint64_t, address),
				 LTTNG_UST_TP_FIELDS(lttng_ust_field_integer_hex(uint64_t, address, address)))

LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(dyntrace_lttng, at_address, dyntrace_lttng, tracepoint_hit,
				    LTTNG_UST_TP_ARGS(uint64_t, address))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(dyntrace_lttng, at_address, dyntrace_lttng, function_entry,
				    LTTNG_UST_TP_ARGS(uint64_t, address))
LTTNG_UST_TRACEPOINT_EVENT_INSTANCE(dyntrace_lttng, at_address, dyntrace_lttng, function_exit,
				    LTTNG_UST_TP_ARGS(uint64_t, address))

LTTNG_UST_TRACEPOINT_EVENT(
	dyntrace_lttng, tracepoint_info,
	LTTNG_UST_TP_ARGS(const char *, name, const char *, symbol, const char *, module, uint64_t, address),
	LTTNG_UST_TP_FIELDS(lttng_ust_field_integer_hex(uint64_t, address, address) lttng_ust_field_string(name, name)
				    lttng_ust_field_string(symbol, symbol) lttng_ust_field_string(module, module)))

#endif

#include <lttng/tracepoint-event.h>
