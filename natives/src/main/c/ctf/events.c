/* How an event is packed. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

void dyntrace_begin_record(struct out *out, enum dyntrace_ctf_record kind, size_t *start)
{
	*start = out->at;
	dyntrace_put32(out, 0);
	dyntrace_put32(out, kind);
}

bool dyntrace_end_record(struct out *out, size_t start)
{
	uint32_t length = (uint32_t)(out->at - start);

	if (out->full) {
		out->at = start;
		out->full = false;
		return false;
	}
	memcpy(out->bytes + start, &length, sizeof(length));
	return true;
}

static const bt_field_class *common_context(const bt_event_class *class)
{
	return bt_stream_class_borrow_event_common_context_field_class_const(
		bt_event_class_borrow_stream_class_const(class));
}

static bool is_integer(const bt_field_class *class)
{
	return class && bt_field_class_type_is(bt_field_class_get_type(class), BT_FIELD_CLASS_TYPE_INTEGER);
}

static int find(const bt_field_class *context, const char *name, const char *other)
{
	int found = -1;

	if (!context)
		return -1;
	for (uint64_t i = 0; i < bt_field_class_structure_get_member_count(context); i++) {
		const bt_field_class_structure_member *member =
			bt_field_class_structure_borrow_member_by_index_const(context, i);
		const char *its = bt_field_class_structure_member_get_name(member);

		if (!is_integer(bt_field_class_structure_member_borrow_field_class_const(member)))
			continue;
		if (!strcmp(its, name))
			return (int)i;
		if (!strcmp(its, other))
			found = (int)i;
	}
	return found;
}

static void put_names(struct out *out, const bt_field_class *class, int but, int nor)
{
	for (uint64_t i = 0; class && i < bt_field_class_structure_get_member_count(class); i++)
		if ((int)i != but && (int)i != nor)
			dyntrace_put_text(out,
					  bt_field_class_structure_member_get_name(
						  bt_field_class_structure_borrow_member_by_index_const(class, i)));
}

static uint64_t members(const bt_field_class *class)
{
	return class ? bt_field_class_structure_get_member_count(class) : 0;
}

/* Which members of a context are told as process and thread, and not as fields. */
static int its(bool specific, int member, bool member_specific)
{
	return specific == member_specific ? member : -1;
}

static bool put_class(struct out *out, const struct known_class *known)
{
	const bt_event_class *class = known->class;
	const bt_field_class *payload = bt_event_class_borrow_payload_field_class_const(class);
	const bt_field_class *common = common_context(class);
	const bt_field_class *specific = bt_event_class_borrow_specific_context_field_class_const(class);
	size_t start;

	dyntrace_begin_record(out, DYNTRACE_CTF_CLASS, &start);
	dyntrace_put32(out, known->id);
	dyntrace_put_text(out, bt_event_class_get_name(class));
	dyntrace_put32(out, (uint32_t)(members(payload) + members(common) + members(specific)) - (known->pid >= 0) -
				    (known->tid >= 0));
	put_names(out, payload, -1, -1);
	put_names(out, common, its(false, known->pid, known->pid_specific),
		  its(false, known->tid, known->tid_specific));
	put_names(out, specific, its(true, known->pid, known->pid_specific),
		  its(true, known->tid, known->tid_specific));
	return dyntrace_end_record(out, start);
}

static bool grow(struct known_classes *known)
{
	uint32_t room = known->room ? known->room * 2 : 64;
	struct known_class *entries = calloc(room, sizeof(*entries));

	if (!entries)
		return false;
	for (uint32_t i = 0; i < known->room; i++) {
		uint32_t at = (uint32_t)((uintptr_t)known->entries[i].class >> 4) & (room - 1);

		if (!known->entries[i].class)
			continue;
		while (entries[at].class)
			at = (at + 1) & (room - 1);
		entries[at] = known->entries[i];
	}
	free(known->entries);
	known->entries = entries;
	known->room = room;
	return true;
}

const struct known_class *dyntrace_ctf_class(struct known_classes *known, struct out *out, const bt_event *event)
{
	const bt_event_class *class = bt_event_borrow_class_const(event);
	const bt_field_class *specific;
	struct known_class *entry;
	uint32_t at;

	if (known->count * 2 >= known->room && !grow(known))
		return NULL;
	at = (uint32_t)((uintptr_t) class >> 4) & (known->room - 1);
	while (known->entries[at].class && known->entries[at].class != class)
		at = (at + 1) & (known->room - 1);
	entry = &known->entries[at];
	if (entry->class)
		return entry;
	specific = bt_event_class_borrow_specific_context_field_class_const(class);
	*entry = (struct known_class){.class = class, .id = known->count};
	entry->pid = find(common_context(class), "vpid", "pid");
	entry->tid = find(common_context(class), "vtid", "tid");
	if (entry->pid < 0)
		entry->pid_specific = (entry->pid = find(specific, "vpid", "pid")) >= 0;
	if (entry->tid < 0)
		entry->tid_specific = (entry->tid = find(specific, "vtid", "tid")) >= 0;
	if (!put_class(out, entry)) {
		entry->class = NULL;
		return NULL;
	}
	known->count++;
	return entry;
}

static int32_t integer(const bt_field *context, int member)
{
	const bt_field *field =
		context && member >= 0
			? bt_field_structure_borrow_member_field_by_index_const(context, (uint64_t)member)
			: NULL;

	if (!field)
		return -1;
	return bt_field_class_type_is(bt_field_get_class_type(field), BT_FIELD_CLASS_TYPE_SIGNED_INTEGER)
		       ? (int32_t)bt_field_integer_signed_get_value(field)
		       : (int32_t)bt_field_integer_unsigned_get_value(field);
}

static void put_members(struct out *out, const bt_field *structure, int but, int nor)
{
	uint64_t count;

	if (!structure)
		return;
	count = bt_field_class_structure_get_member_count(bt_field_borrow_class_const(structure));
	for (uint64_t i = 0; i < count; i++)
		if ((int)i != but && (int)i != nor)
			dyntrace_put_value(out, bt_field_structure_borrow_member_field_by_index_const(structure, i), 0);
}

bool dyntrace_put_event(struct known_classes *known, struct out *out, const bt_event *event, int64_t time,
			int32_t process, int32_t processor, uint32_t stream)
{
	const struct known_class *class = dyntrace_ctf_class(known, out, event);
	const bt_field *common, *specific;
	size_t start, values;
	int32_t pid;

	if (!class)
		return false;
	common = bt_event_borrow_common_context_field_const(event);
	specific = bt_event_borrow_specific_context_field_const(event);
	pid = integer(class->pid_specific ? specific : common, class->pid);
	dyntrace_begin_record(out, DYNTRACE_CTF_EVENT, &start);
	dyntrace_put64(out, (uint64_t)time);
	dyntrace_put32(out, class->id);
	dyntrace_put32(out, (uint32_t)(class->pid < 0 ? process : pid));
	dyntrace_put32(out, (uint32_t)integer(class->tid_specific ? specific : common, class->tid));
	dyntrace_put32(out, (uint32_t)processor);
	dyntrace_put32(out, stream);
	values = out->at;
	put_members(out, bt_event_borrow_payload_field_const(event), -1, -1);
	put_members(out, common, its(false, class->pid, class->pid_specific),
		    its(false, class->tid, class->tid_specific));
	put_members(out, specific, its(true, class->pid, class->pid_specific),
		    its(true, class->tid, class->tid_specific));
	if (out->full && start < 32768 && values < out->size) {
		/* It will never fit: without its values. */
		out->at = values;
		out->full = false;
		dyntrace_put8(out, DYNTRACE_CTF_CUT);
	}
	return dyntrace_end_record(out, start);
}
