/* A program's own LTTng context, "$app.e2e:none": what records it at each event changes the vector registers, as any C function may. */
#include <cpuid.h>
#include <lttng/ust-events.h>
#include <lttng/ust-ringbuffer-context.h>
#include <stddef.h>
#include <stdint.h>

/* Part of lttng-ust's ABI that its headers leave out: liblttng-ust-context-jni is its one user so far. */
#define NO_VALUE 0

struct context_provider {
	uint32_t struct_size;
	const char *name;
	size_t (*get_size)(void *unused, struct lttng_ust_probe_ctx *context, size_t offset);
	void (*record)(void *unused, struct lttng_ust_probe_ctx *context, struct lttng_ust_ring_buffer_ctx *at,
		       struct lttng_ust_channel_buffer *channel);
	void (*get_value)(void *unused, struct lttng_ust_probe_ctx *context, int *selected);
	void *unused;
};

void *lttng_ust_context_provider_register(struct context_provider *provider);
void begin(void);

static void change(void)
{
	unsigned int a, b, c, d;

	if (__get_cpuid(1, &a, &b, &c, &d) && (c & bit_AVX) && (c & bit_OSXSAVE))
		__asm__ volatile("vpcmpeqb %%xmm0, %%xmm0, %%xmm0\n\tvinsertf128 $1, %%xmm0, %%ymm0, %%ymm0\n\t"
				 "vmovaps %%ymm0, %%ymm1\n\tvmovaps %%ymm0, %%ymm9\n\tvmovaps %%ymm0, %%ymm15"
				 :
				 :
				 : "memory");
	__asm__ volatile("pcmpeqb %%xmm8, %%xmm8" : : : "xmm8");
}

static size_t size(void *unused, struct lttng_ust_probe_ctx *context, size_t offset)
{
	(void)unused;
	(void)context;
	change();
	return lttng_ust_ring_buffer_align(offset, lttng_ust_rb_alignof(char)) + sizeof(char);
}

static void record(void *unused, struct lttng_ust_probe_ctx *context, struct lttng_ust_ring_buffer_ctx *at,
		   struct lttng_ust_channel_buffer *channel)
{
	char selected = NO_VALUE;

	(void)unused;
	(void)context;
	change();
	channel->ops->event_write(at, &selected, sizeof(selected), lttng_ust_rb_alignof(selected));
}

static void value(void *unused, struct lttng_ust_probe_ctx *context, int *selected)
{
	(void)unused;
	(void)context;
	*selected = NO_VALUE;
}

void begin(void)
{
	static struct context_provider provider = {
		.struct_size = sizeof(provider),
		.name = "$app.e2e",
		.get_size = size,
		.record = record,
		.get_value = value,
	};

	lttng_ust_context_provider_register(&provider);
}
