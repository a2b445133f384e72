/* How fields are packed. What is long is cut, so that each record fits a buffer. */
#include "internal.h"

#include <string.h>

#define MAX_TEXT 4096
#define MAX_ELEMENTS 256
#define MAX_DEPTH 8

void dyntrace_put(struct out *out, const void *bytes, size_t size)
{
	if (size > out->size - out->at) {
		out->full = true;
		return;
	}
	memcpy(out->bytes + out->at, bytes, size);
	out->at += size;
}

void dyntrace_put8(struct out *out, uint8_t value)
{
	dyntrace_put(out, &value, sizeof(value));
}

void dyntrace_put32(struct out *out, uint32_t value)
{
	dyntrace_put(out, &value, sizeof(value));
}

void dyntrace_put64(struct out *out, uint64_t value)
{
	dyntrace_put(out, &value, sizeof(value));
}

void dyntrace_put_text(struct out *out, const char *text)
{
	size_t length = text ? strnlen(text, MAX_TEXT) : 0;

	dyntrace_put32(out, (uint32_t)length);
	dyntrace_put(out, text, length);
}

static void put_number(struct out *out, enum dyntrace_ctf_value tag, uint64_t value)
{
	dyntrace_put8(out, (uint8_t)tag);
	dyntrace_put64(out, value);
}

static void put_label(struct out *out, const bt_field *field, bool is_signed)
{
	bt_field_class_enumeration_mapping_label_array labels;
	uint64_t count = 0;
	int status = is_signed ? (int)bt_field_enumeration_signed_get_mapping_labels(field, &labels, &count)
			       : (int)bt_field_enumeration_unsigned_get_mapping_labels(field, &labels, &count);

	if (status == 0 && count > 0) {
		dyntrace_put8(out, DYNTRACE_CTF_TEXT);
		dyntrace_put_text(out, labels[0]);
	} else if (is_signed) {
		put_number(out, DYNTRACE_CTF_SIGNED, (uint64_t)bt_field_integer_signed_get_value(field));
	} else {
		put_number(out, DYNTRACE_CTF_UNSIGNED, bt_field_integer_unsigned_get_value(field));
	}
}

static void put_array(struct out *out, const bt_field *field, int depth)
{
	uint64_t length = bt_field_array_get_length(field);
	uint64_t shown = length > MAX_ELEMENTS ? MAX_ELEMENTS : length;

	dyntrace_put8(out, DYNTRACE_CTF_ARRAY);
	dyntrace_put32(out, (uint32_t)(shown + (shown < length)));
	for (uint64_t i = 0; i < shown && !out->full; i++)
		dyntrace_put_value(out, bt_field_array_borrow_element_field_by_index_const(field, i), depth + 1);
	if (shown < length)
		dyntrace_put8(out, DYNTRACE_CTF_CUT);
}

static void put_structure(struct out *out, const bt_field *field, int depth)
{
	const bt_field_class *class = bt_field_borrow_class_const(field);
	uint64_t count = bt_field_class_structure_get_member_count(class);

	dyntrace_put8(out, DYNTRACE_CTF_STRUCT);
	dyntrace_put32(out, (uint32_t)count);
	for (uint64_t i = 0; i < count && !out->full; i++) {
		dyntrace_put_text(out, bt_field_class_structure_member_get_name(
					       bt_field_class_structure_borrow_member_by_index_const(class, i)));
		dyntrace_put_value(out, bt_field_structure_borrow_member_field_by_index_const(field, i), depth + 1);
	}
}

static void put_unsigned(struct out *out, const bt_field *field)
{
	bool hex = bt_field_class_integer_get_preferred_display_base(bt_field_borrow_class_const(field)) ==
		   BT_FIELD_CLASS_INTEGER_PREFERRED_DISPLAY_BASE_HEXADECIMAL;

	put_number(out, hex ? DYNTRACE_CTF_HEX : DYNTRACE_CTF_UNSIGNED, bt_field_integer_unsigned_get_value(field));
}

static void put_real(struct out *out, double value)
{
	dyntrace_put8(out, DYNTRACE_CTF_REAL);
	dyntrace_put(out, &value, sizeof(value));
}

void dyntrace_put_value(struct out *out, const bt_field *field, int depth)
{
	bt_field_class_type type;

	if (!field || depth > MAX_DEPTH) {
		dyntrace_put8(out, field ? DYNTRACE_CTF_CUT : DYNTRACE_CTF_NOTHING);
		return;
	}
	type = bt_field_get_class_type(field);
	if (type == BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER) {
		put_unsigned(out, field);
	} else if (type == BT_FIELD_CLASS_TYPE_SIGNED_INTEGER) {
		put_number(out, DYNTRACE_CTF_SIGNED, (uint64_t)bt_field_integer_signed_get_value(field));
	} else if (type == BT_FIELD_CLASS_TYPE_STRING) {
		dyntrace_put8(out, DYNTRACE_CTF_TEXT);
		dyntrace_put_text(out, bt_field_string_get_value(field));
	} else if (type == BT_FIELD_CLASS_TYPE_UNSIGNED_ENUMERATION) {
		put_label(out, field, false);
	} else if (type == BT_FIELD_CLASS_TYPE_SIGNED_ENUMERATION) {
		put_label(out, field, true);
	} else if (type == BT_FIELD_CLASS_TYPE_BOOL) {
		dyntrace_put8(out, DYNTRACE_CTF_BOOL);
		dyntrace_put8(out, bt_field_bool_get_value(field) ? 1 : 0);
	} else if (type == BT_FIELD_CLASS_TYPE_BIT_ARRAY) {
		put_number(out, DYNTRACE_CTF_HEX, bt_field_bit_array_get_value_as_integer(field));
	} else if (type == BT_FIELD_CLASS_TYPE_SINGLE_PRECISION_REAL) {
		put_real(out, (double)bt_field_real_single_precision_get_value(field));
	} else if (type == BT_FIELD_CLASS_TYPE_DOUBLE_PRECISION_REAL) {
		put_real(out, bt_field_real_double_precision_get_value(field));
	} else if (type == BT_FIELD_CLASS_TYPE_STRUCTURE) {
		put_structure(out, field, depth);
	} else if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_ARRAY)) {
		put_array(out, field, depth);
	} else if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_OPTION)) {
		dyntrace_put_value(out, bt_field_option_borrow_field_const(field), depth + 1);
	} else if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_VARIANT)) {
		dyntrace_put_value(out, bt_field_variant_borrow_selected_option_field_const(field), depth + 1);
	} else {
		dyntrace_put8(out, DYNTRACE_CTF_NOTHING);
	}
}
