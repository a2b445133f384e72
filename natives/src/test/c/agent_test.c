/*
 * The agent's link and log under sanitizers: damaged frames, always the same ones, must be refused or read without harm, and a
 * line must stay within its bounds whatever the site says. "agent_test ROUNDS" for another number of frames.
 */
#include "file.c"
#include "link.c"
#undef LINE_MAX
#include "log.c"

#undef NDEBUG
#include <assert.h>

enum { ROUNDS = 20000 };

/* What link.c needs of the rest of the agent. */
__thread struct dyntrace_block *dyntrace_current;
struct dyntrace_block dyntrace_junk;
struct dyntrace_block *dyntrace_blocks[DYNTRACE_BLOCKS];
struct dyntrace_anchor dyntrace_anchor;

int dyntrace_lttng_load(const char *path, char *message, size_t size)
{
	return (path && message && size) ? ENOENT : EINVAL;
}

void dyntrace_lttng_info(const char *name, const char *symbol, const char *module, uint64_t address)
{
	(void)name, (void)symbol, (void)module, (void)address;
}

void dyntrace_frames_reap(void)
{
}

void dyntrace_frames_release(void)
{
}

void dyntrace_blocks_release(void)
{
}

static uint32_t state = 1;

static uint32_t draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

/* Frames as the daemon sends them, to be damaged. */
static size_t good_frame(uint8_t *to, unsigned int which)
{
	static dyntrace_wire_Request request;
	pb_ostream_t stream = pb_ostream_from_buffer(to + 4, FRAME_MAX);
	uint32_t length;

	memset(&request, 0, sizeof(request));
	request.id = which;
	if (which % 3 == 0) {
		request.which_body = dyntrace_wire_Request_map_tag;
		request.body.map.address = 0x7f0000000000;
		request.body.map.size = 4096;
	} else if (which % 3 == 1) {
		request.which_body = dyntrace_wire_Request_load_lttng_tag;
		memset(request.body.load_lttng.path, 'p', 300);
	} else {
		request.which_body = dyntrace_wire_Request_emit_info_tag;
		memset(request.body.emit_info.symbol, 's', 1000);
		memset(request.body.emit_info.module, 'm', 100);
	}
	assert(pb_encode(&stream, dyntrace_wire_Request_fields, &request));
	length = (uint32_t)stream.bytes_written;
	memcpy(to, &length, 4);
	return 4 + length;
}

static bool deliver(const uint8_t *bytes, size_t size)
{
	static dyntrace_wire_Request request;
	int ends[2], passed = -1;
	bool good;

	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	assert(write(ends[0], bytes, size) == (ssize_t)size);
	close(ends[0]);
	link_file = dyntrace_keep(ends[1]);
	good = receive_request(&request, &passed);
	assert(passed == -1);
	dyntrace_drop(&link_file);
	return good;
}

static void frames(unsigned int rounds)
{
	static uint8_t bytes[4 + FRAME_MAX + 64];
	unsigned int refused = 0;

	for (unsigned int round = 0; round < rounds; round++) {
		size_t size = good_frame(bytes, round);

		if (round < 30) {
			assert(deliver(bytes, size));
			continue;
		}
		for (uint32_t changes = 1 + draw(4); changes > 0; changes--)
			bytes[draw((uint32_t)size)] = (uint8_t)draw(256);
		if (draw(4) == 0)
			size = 1 + draw((uint32_t)size);
		refused += !deliver(bytes, size);
	}
	assert(refused > rounds / 10);
	printf("frames: %u of %u damaged ones refused\n", refused, rounds);
}

static void lines(void)
{
	static char text[2 * LINE_MAX];

	memset(text, 'x', sizeof(text));
	for (uint32_t length = 0; length < sizeof(text); length++) {
		struct dyntrace_site site = {.line = (uint64_t)text, .line_length = length};
		char line[LINE_MAX];
		size_t size = format(line, &site, (enum dyntrace_event)(length % 3));

		assert(size <= LINE_MAX && line[size - 1] == '\n' && memchr(line, '\n', size) == line + size - 1);
	}
}

int main(int argc, char **argv)
{
	lines();
	frames(argc > 1 ? (unsigned int)atol(argv[1]) : ROUNDS);
	return 0;
}
