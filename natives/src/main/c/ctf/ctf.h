/*
 * Reads one CTF trace through libbabeltrace2 and packs its events, in the order of time, into buffers: a call of Java for each field
 * would cost more than all the rest. Never in a target.
 *
 * A buffer holds records, each with its length (32 bits, all of it) and its kind (32 bits), then, little endian and without gaps:
 *   CLASS   id (32), name, number of fields (32), their names
 *   STREAM  id (32), process (32, -1 unknown), clock's offset (64, ns; INT64_MIN: no clock), clock's name, stream's name, process's name
 *   EVENT   time (64, ns since 1970; INT64_MIN: no clock), class, process (32, -1), thread (32, -1), processor (32, -1), stream (32), values
 *   LOSS    from (64), to (64), events lost (64, -1 unknown), stream (32)
 *   DAMAGE  time of the last event (64), events read (64), stream (32), what is wrong
 * A text is its length in bytes (32) and UTF-8. A value is a tag (8) and what that says.
 */
#ifndef DYNTRACE_CTF_H
#define DYNTRACE_CTF_H

#include <stddef.h>
#include <stdint.h>

enum dyntrace_ctf_record {
	DYNTRACE_CTF_CLASS = 1,
	DYNTRACE_CTF_STREAM = 2,
	DYNTRACE_CTF_EVENT = 3,
	DYNTRACE_CTF_LOSS = 4,
	DYNTRACE_CTF_DAMAGE = 5,
};

enum dyntrace_ctf_value {
	DYNTRACE_CTF_NOTHING = 0,
	DYNTRACE_CTF_SIGNED = 1,   /* 64 bits */
	DYNTRACE_CTF_UNSIGNED = 2, /* 64 bits */
	DYNTRACE_CTF_HEX = 3,      /* 64 bits, to be shown in hex */
	DYNTRACE_CTF_REAL = 4,     /* double */
	DYNTRACE_CTF_TEXT = 5,
	DYNTRACE_CTF_BOOL = 6,   /* 8 bits */
	DYNTRACE_CTF_STRUCT = 7, /* number of members (32); a name and a value each */
	DYNTRACE_CTF_ARRAY = 8,  /* number of values (32), the values */
	DYNTRACE_CTF_CUT = 9,    /* what is missing at the end of an array or of an event that is too long */
};

struct dyntrace_ctf;

/* A reader of the trace in a directory, or NULL, and why. */
struct dyntrace_ctf *dyntrace_ctf_open(const char *directory, char *error, size_t size);
/* Fills the buffer, of 64 KiB at least. Returns the bytes written: 0 at the end, or -1, when what was read is all there will be. */
int64_t dyntrace_ctf_read(struct dyntrace_ctf *reader, void *buffer, size_t size, char *error, size_t error_size);
void dyntrace_ctf_close(struct dyntrace_ctf *reader);

#endif
