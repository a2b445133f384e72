// C++ names. libstdc++.a has an entry point, hidden in the shared library, that hands the text over in pieces, so that a name
// made to explode can be given up in the middle. Linked against the shared one, __cxa_demangle must do: it takes all the
// memory that such a name wants.
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

#define NAME_MAX_LENGTH 2000
#define READABLE_MAX_LENGTH (32 << 10)

extern int __gcclibcxx_demangle_callback(const char *name, void (*piece)(const char *, size_t, void *), void *opaque)
	__attribute__((weak));
extern char *__cxa_demangle(const char *name, char *buffer, size_t *length, int *status);

struct text {
	uint8_t *bytes;
	int64_t room;
	int64_t length;
	bool full; // the caller's room ended, rather than the limit
	jmp_buf give_up;
};

static void append(const char *piece, size_t length, void *opaque)
{
	struct text *text = opaque;
	if ((int64_t)length > READABLE_MAX_LENGTH - text->length) {
		longjmp(text->give_up, 1);
	}
	if ((int64_t)length > text->room - text->length) {
		text->full = true;
		longjmp(text->give_up, 1);
	}
	memcpy(text->bytes + text->length, piece, length);
	text->length += (int64_t)length;
}

static bool demangle_at_once(const char *name, struct text *text)
{
	int status = 0;
	char *readable = __cxa_demangle(name, NULL, NULL, &status);
	if (readable == NULL) {
		return false;
	}
	size_t length = strlen(readable);
	bool fits = (int64_t)length <= text->room;
	text->full = !fits && length <= READABLE_MAX_LENGTH;
	if (fits && length <= READABLE_MAX_LENGTH) {
		memcpy(text->bytes, readable, length);
		text->length = (int64_t)length;
	}
	free(readable);
	return !text->full;
}

static bool demangle(const char *name, struct text *text)
{
	if (__gcclibcxx_demangle_callback == NULL) {
		return demangle_at_once(name, text);
	}
	// The demangler holds its state on its own stack only, so leaving it by longjmp leaks nothing.
	if (setjmp(text->give_up) != 0) {
		return false;
	}
	return __gcclibcxx_demangle_callback(name, append, text) == 0;
}

int32_t codec_demangle(const uint8_t *names, int64_t size, int32_t count, uint8_t *out, int64_t capacity, int64_t *used)
{
	if (names == NULL || out == NULL || used == NULL || size < 0 || count < 0 || capacity < 0) {
		return CODEC_BAD_ARGUMENT;
	}
	int64_t length = 0;
	int64_t offset = 0;
	int32_t done = 0;
	for (; done < count && offset < size; done++) {
		const char *name = (const char *)names + offset;
		const char *end = memchr(name, 0, (size_t)(size - offset));
		if (end == NULL) {
			return CODEC_BAD_ARGUMENT;
		}
		if (length >= capacity) {
			break;
		}
		// One byte stays for the end.
		struct text text = {.bytes = out + length, .room = capacity - length - 1};
		bool mangled = end - name <= NAME_MAX_LENGTH && name[0] == '_' && name[1] == 'Z';
		if (mangled && !demangle(name, &text)) {
			if (text.full) {
				break;
			}
			text.length = 0;
		}
		length += text.length;
		out[length++] = 0;
		offset += end - name + 1;
	}
	*used = length;
	return done;
}
