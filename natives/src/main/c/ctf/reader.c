/*
 * The graph: a source.ctf.fs and a sink of ours, without a muxer between them. The sink merges the streams itself, so that damage
 * in one leaves the others as they are.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A stream of the trace: what its iterator has given, and how far we are. */
struct stream {
	bt_message_iterator *iterator;
	bt_message_array_const messages;
	uint64_t count, at;
	int64_t time;    /* of the message at hand */
	int64_t last;    /* of the last event that was packed */
	uint64_t events; /* that were packed */
	const bt_packet *packet;
	int32_t processor;
	int32_t process;
	uint32_t id;
	bool clock;
	bool begun; /* a STREAM record was written */
	bool ended;
	char *damage; /* what is to be told about it */
};

struct dyntrace_ctf {
	bt_graph *graph;
	struct stream *streams;
	uint32_t *heap; /* of the streams that have a message, the earliest first */
	uint32_t stream_count, heap_size;
	struct known_classes classes;
	struct out *out;
	bool started;
	bool ended;
};

static char *take_error(void)
{
	const bt_error *error = bt_current_thread_take_error();
	char *text = NULL;

	/* The first cause is nearest to the bytes. */
	if (error && bt_error_get_cause_count(error) > 0)
		text = strdup(bt_error_cause_get_message(bt_error_borrow_cause_by_index(error, 0)));
	if (error)
		bt_error_release(error);
	return text ? text : strdup("libbabeltrace2 says no more");
}

static void explain(char *error, size_t size)
{
	char *text = take_error();

	snprintf(error, size, "%s", text ? text : "out of memory");
	free(text);
}

static int64_t time_of(const bt_clock_snapshot *snapshot, int64_t otherwise)
{
	int64_t time;

	if (!snapshot)
		return otherwise;
	if (bt_clock_snapshot_get_ns_from_origin(snapshot, &time)) {
		bt_current_thread_clear_error();
		return otherwise;
	}
	return time;
}

static int64_t message_time(const struct stream *stream, const bt_message *message)
{
	if (!stream->clock)
		return INT64_MIN;
	switch (bt_message_get_type(message)) {
	case BT_MESSAGE_TYPE_EVENT:
		return time_of(bt_message_event_borrow_default_clock_snapshot_const(message), stream->time);
	default:
		/* The rest comes when its stream's turn is, right behind what was before. */
		return stream->time;
	}
}

static bool earlier(const struct dyntrace_ctf *reader, uint32_t one, uint32_t other)
{
	const struct stream *a = &reader->streams[one], *b = &reader->streams[other];

	return a->time != b->time ? a->time < b->time : a->id < b->id;
}

static void sink_down(struct dyntrace_ctf *reader, uint32_t at)
{
	for (;;) {
		uint32_t least = at, left = 2 * at + 1, swap;

		for (uint32_t child = left; child < left + 2 && child < reader->heap_size; child++)
			if (earlier(reader, reader->heap[child], reader->heap[least]))
				least = child;
		if (least == at)
			return;
		swap = reader->heap[at];
		reader->heap[at] = reader->heap[least];
		reader->heap[least] = swap;
		at = least;
	}
}

static void release(struct stream *stream)
{
	while (stream->at < stream->count)
		bt_message_put_ref(stream->messages[stream->at++]);
	stream->packet = NULL;
}

/* Makes the next message of the stream the one at hand; it has ended if there is none. */
static void advance(struct stream *stream)
{
	if (stream->at == stream->count) {
		bt_message_iterator_next_status status =
			bt_message_iterator_next(stream->iterator, &stream->messages, &stream->count);

		stream->at = 0;
		if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK) {
			stream->count = 0;
			stream->ended = true;
			if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_END)
				stream->damage = take_error();
			return;
		}
	}
	stream->time = message_time(stream, stream->messages[stream->at]);
}

static const char *text_of(const bt_trace *trace, const char *name)
{
	const bt_value *value = bt_trace_borrow_environment_entry_value_by_name_const(trace, name);

	return value && bt_value_is_string(value) ? bt_value_string_get(value) : NULL;
}

static int32_t number_of(const bt_trace *trace, const char *name)
{
	const bt_value *value = bt_trace_borrow_environment_entry_value_by_name_const(trace, name);

	return value && bt_value_is_signed_integer(value) ? (int32_t)bt_value_integer_signed_get(value) : -1;
}

static bool put_stream(struct out *out, struct stream *stream, const bt_stream *described)
{
	const bt_clock_class *clock =
		bt_stream_class_borrow_default_clock_class_const(bt_stream_borrow_class_const(described));
	const bt_trace *trace = bt_stream_borrow_trace_const(described);
	int64_t offset = INT64_MIN;
	size_t start;

	stream->clock = clock != NULL;
	stream->process = number_of(trace, "vpid");
	if (clock) {
		int64_t seconds;
		uint64_t cycles, frequency = bt_clock_class_get_frequency(clock);

		bt_clock_class_get_offset(clock, &seconds, &cycles);
		if (frequency && seconds < INT64_MAX / 1000000000 && seconds > INT64_MIN / 1000000000)
			offset = seconds * 1000000000 +
				 (int64_t)((double)cycles / (double)frequency * 1000000000.0 + 0.5);
		if (frequency == 1000000000 && offset != INT64_MIN)
			offset = seconds * 1000000000 + (int64_t)cycles;
	}
	dyntrace_begin_record(out, DYNTRACE_CTF_STREAM, &start);
	dyntrace_put32(out, stream->id);
	dyntrace_put32(out, (uint32_t)stream->process);
	dyntrace_put64(out, (uint64_t)offset);
	dyntrace_put_text(out, clock ? bt_clock_class_get_name(clock) : NULL);
	dyntrace_put_text(out, bt_stream_get_name(described));
	dyntrace_put_text(out, text_of(trace, "procname"));
	return dyntrace_end_record(out, start);
}

static int32_t processor_of(const bt_packet *packet)
{
	const bt_field *context = bt_packet_borrow_context_field_const(packet);
	const bt_field *field =
		context ? bt_field_structure_borrow_member_field_by_name_const(context, "cpu_id") : NULL;

	return field && bt_field_class_type_is(bt_field_get_class_type(field), BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER)
		       ? (int32_t)bt_field_integer_unsigned_get_value(field)
		       : -1;
}

static bool put_loss(struct out *out, struct stream *stream, const bt_message *message, bool packets)
{
	const bt_stream *of = packets ? bt_message_discarded_packets_borrow_stream_const(message)
				      : bt_message_discarded_events_borrow_stream_const(message);
	const bt_stream_class *class = bt_stream_borrow_class_const(of);
	int64_t from = stream->time, to = stream->time;
	uint64_t count;
	bool known = !packets &&
		     bt_message_discarded_events_get_count(message, &count) == BT_PROPERTY_AVAILABILITY_AVAILABLE;
	size_t start;

	if (!packets && bt_stream_class_discarded_events_have_default_clock_snapshots(class)) {
		from = time_of(bt_message_discarded_events_borrow_beginning_default_clock_snapshot_const(message),
			       from);
		to = time_of(bt_message_discarded_events_borrow_end_default_clock_snapshot_const(message), to);
	} else if (packets && bt_stream_class_discarded_packets_have_default_clock_snapshots(class)) {
		from = time_of(bt_message_discarded_packets_borrow_beginning_default_clock_snapshot_const(message),
			       from);
		to = time_of(bt_message_discarded_packets_borrow_end_default_clock_snapshot_const(message), to);
	}
	dyntrace_begin_record(out, DYNTRACE_CTF_LOSS, &start);
	dyntrace_put64(out, (uint64_t)from);
	dyntrace_put64(out, (uint64_t)to);
	dyntrace_put64(out, known ? count : UINT64_MAX);
	dyntrace_put32(out, stream->id);
	return dyntrace_end_record(out, start);
}

static bool put_event(struct dyntrace_ctf *reader, struct stream *stream, const bt_message *message)
{
	const bt_event *event = bt_message_event_borrow_event_const(message);
	const bt_stream *of = bt_event_borrow_stream_const(event);

	if (bt_stream_class_supports_packets(bt_stream_borrow_class_const(of))) {
		const bt_packet *packet = bt_event_borrow_packet_const(event);

		if (packet != stream->packet) {
			stream->packet = packet;
			stream->processor = processor_of(packet);
		}
	}
	if (!dyntrace_put_event(&reader->classes, reader->out, event, stream->time, stream->process, stream->processor,
				stream->id))
		return false;
	stream->events++;
	stream->last = stream->time;
	return true;
}

/* Packs the message at hand. Returns whether it fit. */
static bool put_message(struct dyntrace_ctf *reader, struct stream *stream)
{
	const bt_message *message = stream->messages[stream->at];

	switch (bt_message_get_type(message)) {
	case BT_MESSAGE_TYPE_STREAM_BEGINNING:
		stream->begun = stream->begun || put_stream(reader->out, stream,
							    bt_message_stream_beginning_borrow_stream_const(message));
		return stream->begun;
	case BT_MESSAGE_TYPE_EVENT:
		return put_event(reader, stream, message);
	case BT_MESSAGE_TYPE_DISCARDED_EVENTS:
		return put_loss(reader->out, stream, message, false);
	case BT_MESSAGE_TYPE_DISCARDED_PACKETS:
		return put_loss(reader->out, stream, message, true);
	case BT_MESSAGE_TYPE_PACKET_BEGINNING:
		stream->packet = NULL;
		return true;
	default:
		return true;
	}
}

static bool put_damage(struct out *out, struct stream *stream)
{
	size_t start;

	dyntrace_begin_record(out, DYNTRACE_CTF_DAMAGE, &start);
	dyntrace_put64(out, (uint64_t)stream->last);
	dyntrace_put64(out, stream->events);
	dyntrace_put32(out, stream->id);
	dyntrace_put_text(out, stream->damage);
	if (!dyntrace_end_record(out, start))
		return false;
	free(stream->damage);
	stream->damage = NULL;
	return true;
}

/* Fills the buffer. */
static bt_component_class_sink_consume_method_status consume(bt_self_component_sink *self)
{
	struct dyntrace_ctf *reader = bt_self_component_get_data(bt_self_component_sink_as_self_component(self));

	while (reader->heap_size > 0) {
		struct stream *stream = &reader->streams[reader->heap[0]];

		if (!stream->ended) {
			if (!put_message(reader, stream))
				return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_OK;
			bt_message_put_ref(stream->messages[stream->at++]);
			advance(stream);
		}
		if (stream->damage && !put_damage(reader->out, stream))
			return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_OK;
		if (stream->ended)
			reader->heap[0] = reader->heap[--reader->heap_size];
		sink_down(reader, 0);
	}
	reader->ended = true;
	return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_END;
}

static bt_component_class_initialize_method_status initialize(bt_self_component_sink *self,
							      bt_self_component_sink_configuration *configuration,
							      const bt_value *parameters, void *data)
{
	struct dyntrace_ctf *reader = data;
	char name[24];

	(void)configuration;
	(void)parameters;
	bt_self_component_set_data(bt_self_component_sink_as_self_component(self), reader);
	for (uint32_t i = 0; i < reader->stream_count; i++) {
		snprintf(name, sizeof(name), "in%u", i);
		if (bt_self_component_sink_add_input_port(self, name, NULL, NULL))
			return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
	}
	return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_OK;
}

static bt_component_class_sink_graph_is_configured_method_status configured(bt_self_component_sink *self)
{
	struct dyntrace_ctf *reader = bt_self_component_get_data(bt_self_component_sink_as_self_component(self));

	for (uint32_t i = 0; i < reader->stream_count; i++) {
		struct stream *stream = &reader->streams[i];

		*stream =
			(struct stream){.id = i, .processor = -1, .process = -1, .time = INT64_MIN, .last = INT64_MIN};
		if (bt_message_iterator_create_from_sink_component(
			    self, bt_self_component_sink_borrow_input_port_by_index(self, i), &stream->iterator)) {
			/* This one can't be read at all; the others can. */
			stream->iterator = NULL;
			stream->ended = true;
			stream->damage = take_error();
		} else {
			/* It begins before all else: its clock is in its first message. */
			advance(stream);
			stream->time = INT64_MIN;
		}
		reader->heap[reader->heap_size++] = i;
	}
	return BT_COMPONENT_CLASS_SINK_GRAPH_IS_CONFIGURED_METHOD_STATUS_OK;
}

static void finalize(bt_self_component_sink *self)
{
	struct dyntrace_ctf *reader = bt_self_component_get_data(bt_self_component_sink_as_self_component(self));

	for (uint32_t i = 0; i < reader->stream_count; i++) {
		release(&reader->streams[i]);
		if (reader->streams[i].iterator)
			bt_message_iterator_put_ref(reader->streams[i].iterator);
		reader->streams[i].iterator = NULL;
	}
}

static bool add_source(struct dyntrace_ctf *reader, const char *directory, const bt_component_source **source)
{
	const bt_plugin *plugin = NULL;
	bt_value *parameters = bt_value_map_create(), *inputs = NULL;
	bool added = parameters && bt_value_map_insert_empty_array_entry(parameters, "inputs", &inputs) == 0 &&
		     bt_value_array_append_string_element(inputs, directory) == 0 &&
		     bt_plugin_find("ctf", BT_TRUE, BT_FALSE, BT_TRUE, BT_FALSE, BT_TRUE, &plugin) == 0;

	if (added) {
		const bt_component_class_source *class =
			bt_plugin_borrow_source_component_class_by_name_const(plugin, "fs");

		added = class && bt_graph_add_source_component(reader->graph, class, "source", parameters,
							       BT_LOGGING_LEVEL_NONE, source) == 0;
	}
	bt_plugin_put_ref(plugin);
	bt_value_put_ref(parameters);
	return added;
}

static bool add_sink(struct dyntrace_ctf *reader, const bt_component_source *source)
{
	bt_component_class_sink *class = bt_component_class_sink_create("pack", consume);
	const bt_component_sink *sink = NULL;
	bool added;

	reader->stream_count = (uint32_t)bt_component_source_get_output_port_count(source);
	reader->streams = calloc(reader->stream_count + 1, sizeof(*reader->streams));
	reader->heap = calloc(reader->stream_count + 1, sizeof(*reader->heap));
	added = class && reader->streams && reader->heap &&
		bt_component_class_sink_set_initialize_method(class, initialize) == 0 &&
		bt_component_class_sink_set_graph_is_configured_method(class, configured) == 0 &&
		bt_component_class_sink_set_finalize_method(class, finalize) == 0 &&
		bt_graph_add_sink_component_with_initialize_method_data(reader->graph, class, "sink", NULL, reader,
									BT_LOGGING_LEVEL_NONE, &sink) == 0;
	for (uint32_t i = 0; added && i < reader->stream_count; i++)
		added = bt_graph_connect_ports(reader->graph,
					       bt_component_source_borrow_output_port_by_index_const(source, i),
					       bt_component_sink_borrow_input_port_by_index_const(sink, i), NULL) == 0;
	bt_component_class_sink_put_ref(class);
	return added;
}

struct dyntrace_ctf *dyntrace_ctf_open(const char *directory, char *error, size_t size)
{
	struct dyntrace_ctf *reader = calloc(1, sizeof(*reader));
	const bt_component_source *source = NULL;

	if (reader && (reader->graph = bt_graph_create(0)) && add_source(reader, directory, &source) &&
	    add_sink(reader, source))
		return reader;
	explain(error, size);
	dyntrace_ctf_close(reader);
	return NULL;
}

int64_t dyntrace_ctf_read(struct dyntrace_ctf *reader, void *buffer, size_t size, char *error, size_t error_size)
{
	struct out out = {.bytes = buffer, .size = size};
	int status;

	if (reader->ended || reader->stream_count == 0)
		return 0;
	reader->out = &out;
	status = (int)bt_graph_run_once(reader->graph);
	reader->out = NULL;
	if (status != BT_GRAPH_RUN_ONCE_STATUS_OK && status != BT_GRAPH_RUN_ONCE_STATUS_END) {
		explain(error, error_size);
		reader->ended = true;
		return -1;
	}
	return (int64_t)out.at;
}

void dyntrace_ctf_close(struct dyntrace_ctf *reader)
{
	if (!reader)
		return;
	bt_graph_put_ref(reader->graph);
	for (uint32_t i = 0; reader->streams && i < reader->stream_count; i++)
		free(reader->streams[i].damage);
	free(reader->streams);
	free(reader->heap);
	free(reader->classes.entries);
	free(reader);
}
