#ifndef DYNTRACE_CTF_INTERNAL_H
#define DYNTRACE_CTF_INTERNAL_H

#include "ctf.h"

#include <babeltrace2/babeltrace.h>
#include <stdbool.h>

/* Where records go. */
struct out {
	unsigned char *bytes;
	size_t size;
	size_t at;
	bool full; /* something did not fit */
};

void dyntrace_put(struct out *out, const void *bytes, size_t size);
void dyntrace_put8(struct out *out, uint8_t value);
void dyntrace_put32(struct out *out, uint32_t value);
void dyntrace_put64(struct out *out, uint64_t value);
void dyntrace_put_text(struct out *out, const char *text);
void dyntrace_put_value(struct out *out, const bt_field *field, int depth);

/* What is known about a class of events, so that each event costs no search by name. */
struct known_class {
	const bt_event_class *class;
	uint32_t id;
	/* Where process and thread are: which context (NULL: none), and which member. */
	bool pid_specific, tid_specific;
	int pid, tid;
};

/* Grows; found by the class's address. */
struct known_classes {
	struct known_class *entries;
	uint32_t count, room;
};

/* What was known, or is from now on, after a CLASS record; NULL if there is no room in the buffer or in memory. */
const struct known_class *dyntrace_ctf_class(struct known_classes *known, struct out *out, const bt_event *event);

void dyntrace_begin_record(struct out *out, enum dyntrace_ctf_record kind, size_t *start);
/* Returns whether all of it fit; else it is taken back. */
bool dyntrace_end_record(struct out *out, size_t start);
/* Packs an event. Returns whether it fit. */
bool dyntrace_put_event(struct known_classes *known, struct out *out, const bt_event *event, int64_t time,
			int32_t process, int32_t processor, uint32_t stream);

#endif
