// Moving instructions. What depends on its place is written anew by hand rather than by an encoder: only the field that
// changes is touched, so prefixes, immediates and the choice among equal encodings stay as they were.
#include <string.h>

#include "internal.h"

#define OPERAND_SIZE 0x66
#define ADDRESS_SIZE 0x67
#define BND 0xf2
#define LITERAL 8 // bytes of a return address

// A direct branch whose target's new place isn't known yet.
struct fixup {
	int32_t at;      // where its 4 bytes are in the output
	uint64_t target; // where it led
};

struct move {
	const uint8_t *code;
	int32_t size;
	uint64_t source;
	uint64_t destination;
	uint8_t *out;
	int32_t capacity;
	int32_t length;
	int32_t refusal;
	struct fixup fixups[CODEC_RANGE_MAX + 1];
	int fixup_count;
	int32_t new_offset[CODEC_RANGE_MAX + 1]; // by old offset, -1 where no instruction begins
};

static void put(struct move *move, const void *bytes, int32_t size)
{
	if (size > move->capacity - move->length) {
		move->refusal = CODEC_NO_SPACE;
		return;
	}
	memcpy(move->out + move->length, bytes, (size_t)size);
	move->length += size;
}

static void put_byte(struct move *move, uint8_t byte)
{
	put(move, &byte, 1);
}

// The 4 bytes of a displacement that end at `end` in the output, for something at `target`.
static void set_displacement(struct move *move, int32_t at, int32_t end, uint64_t target)
{
	int64_t distance = (int64_t)(target - (move->destination + (uint64_t)end));
	if (distance != (int32_t)distance) {
		move->refusal = CODEC_OUT_OF_RANGE;
		return;
	}
	int32_t displacement = (int32_t)distance;
	memcpy(move->out + at, &displacement, sizeof displacement);
}

static void put_branch_target(struct move *move, uint64_t target)
{
	move->fixups[move->fixup_count++] = (struct fixup){move->length, target};
	put(move, "\0\0\0", 4);
}

// The prefixes that mean something to a branch: bnd, the hints, and the size of the counter of loop and jrcxz.
// An operand size prefix without rex.w makes AMD and Intel processors disagree about what follows.
static bool put_branch_prefixes(struct move *move, const uint8_t *bytes, int32_t opcode_offset)
{
	bool wide = opcode_offset > 0 && bytes[opcode_offset - 1] >= 0x48 && bytes[opcode_offset - 1] <= 0x4f;
	for (int32_t i = 0; i < opcode_offset; i++) {
		switch (bytes[i]) {
		case OPERAND_SIZE:
			if (!wide) {
				return false;
			}
			break;
		case BND:
		case 0x2e:
		case 0x3e:
		case ADDRESS_SIZE:
			put_byte(move, bytes[i]);
			break;
		default:
			break;
		}
	}
	return true;
}

static void move_direct_branch(struct move *move, const ZydisDecodedInstruction *instruction, const uint8_t *bytes,
			       enum codec_kind kind, uint64_t target)
{
	bool two_byte_opcode = instruction->opcode_map == ZYDIS_OPCODE_MAP_0F;
	int32_t opcode_offset = instruction->raw.imm[0].offset - (two_byte_opcode ? 2 : 1);
	if (opcode_offset < 0) {
		move->refusal = CODEC_NOT_RELOCATABLE;
		return;
	}
	if (!put_branch_prefixes(move, bytes, opcode_offset)) {
		move->refusal = CODEC_NOT_RELOCATABLE;
		return;
	}
	switch (kind) {
	case CODEC_JMP:
		put_byte(move, 0xe9);
		break;
	case CODEC_JCC:
		// 70..7f and 0f 80..8f number the conditions alike.
		put_byte(move, 0x0f);
		put_byte(move, 0x80 | (instruction->opcode & 0x0f));
		break;
	default: // CODEC_LOOP has the short form only: over a short jump that is taken when it isn't
		put_byte(move, instruction->opcode);
		put(move, "\x02\xeb\x05\xe9", 4);
		break;
	}
	put_branch_target(move, target);
}

static void put_push_of_literal(struct move *move, int32_t distance)
{
	put(move, "\xff\x35", 2);
	put(move, &distance, 4);
}

static void put_return_address(struct move *move)
{
	uint64_t address = move->source + (uint64_t)move->size;
	put(move, &address, LITERAL);
}

static void move_direct_call(struct move *move, const ZydisDecodedInstruction *instruction, const uint8_t *bytes,
			     uint64_t target)
{
	put_push_of_literal(move, 0);
	int32_t jump = move->length;
	int32_t opcode_offset = instruction->raw.imm[0].offset - 1;
	if (opcode_offset < 0 || !put_branch_prefixes(move, bytes, opcode_offset)) {
		move->refusal = CODEC_NOT_RELOCATABLE;
		return;
	}
	put_byte(move, 0xe9);
	put_branch_target(move, target);
	if (move->refusal != 0) {
		return;
	}
	int32_t distance = move->length - jump;
	memcpy(move->out + jump - 4, &distance, 4);
	put_return_address(move);
}

// call [rsp + n] sees rsp 8 lower once the return address is pushed: n grows by 8, and its field if need be.
static bool put_jump_through_stack(struct move *move, const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
	int64_t displacement = instruction->raw.disp.size == 0 ? 0 : instruction->raw.disp.value;
	bool indexed = instruction->raw.sib.index != 4 ||
		       (instruction->raw.encoding2 == ZYDIS_INSTRUCTION_ENCODING_LEGACY && instruction->raw.rex.X != 0);
	// Below rsp is where the push writes.
	if (indexed || displacement < 0 || displacement > INT32_MAX - 8) {
		return false;
	}
	int32_t grown = (int32_t)displacement + 8;
	put(move, bytes, instruction->raw.modrm.offset);
	put_byte(move, 0x80 | 4 << 3 | 4); // mod: 32-bit displacement, reg: jmp, rm: a sib byte follows
	put_byte(move, bytes[instruction->raw.sib.offset]);
	put(move, &grown, 4);
	return true;
}

static void move_indirect_call(struct move *move, const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
	int32_t modrm = instruction->raw.modrm.offset;
	bool near_call = instruction->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && instruction->opcode == 0xff &&
			 instruction->raw.modrm.reg == 2;
	bool extended = instruction->raw.rex.B != 0;
	bool through_rsp = instruction->raw.modrm.mod == 3 && instruction->raw.modrm.rm == 4 && !extended;
	bool through_stack = instruction->raw.modrm.mod != 3 && instruction->raw.modrm.rm == 4 && !extended &&
			     instruction->raw.sib.base == 4;
	// A 16-bit operand: the same disagreement of processors as with direct branches.
	if (!near_call || through_rsp || modrm == 0 || instruction->operand_width != 64 ||
	    instruction->length > ZYDIS_MAX_INSTRUCTION_LENGTH) {
		move->refusal = CODEC_NOT_RELOCATABLE;
		return;
	}
	put_push_of_literal(move, 0);
	int32_t jump = move->length;
	if (through_stack) {
		if (!put_jump_through_stack(move, instruction, bytes)) {
			move->refusal = CODEC_NOT_RELOCATABLE;
			return;
		}
	} else {
		put(move, bytes, instruction->length);
		if (move->refusal != 0) {
			return;
		}
		move->out[jump + modrm] = (uint8_t)((bytes[modrm] & ~0x38) | 4 << 3);
		if (codec_rip_relative(instruction)) {
			uint64_t target = move->source + (uint64_t)(bytes - move->code) + instruction->length +
					  (uint64_t)instruction->raw.disp.value;
			set_displacement(move, jump + instruction->raw.disp.offset, move->length, target);
		}
	}
	if (move->refusal != 0) {
		return;
	}
	int32_t distance = move->length - jump;
	memcpy(move->out + jump - 4, &distance, 4);
	put_return_address(move);
}

static void move_plain(struct move *move, const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
	int32_t start = move->length;
	put(move, bytes, instruction->length);
	if (move->refusal == 0 && codec_rip_relative(instruction)) {
		uint64_t target = move->source + (uint64_t)(bytes - move->code) + instruction->length +
				  (uint64_t)instruction->raw.disp.value;
		set_displacement(move, start + instruction->raw.disp.offset, move->length, target);
	}
}

// Reading the range's own bytes would find the jump that replaces them; so would an operand in front of it that reaches in.
static bool reads_range(const struct move *move, const ZydisDecodedInstruction *instruction, int32_t offset,
			int32_t window)
{
	if (!codec_rip_relative(instruction)) {
		return false;
	}
	uint64_t target = move->source + (uint64_t)offset + instruction->length + (uint64_t)instruction->raw.disp.value;
	bool address_only = instruction->mnemonic == ZYDIS_MNEMONIC_LEA;
	uint64_t reach = address_only ? 1 : 64;
	if (address_only && target == move->source) {
		return false;
	}
	return target < move->source + (uint64_t)window && target + reach > move->source;
}

static void move_one(struct move *move, const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
		     int32_t offset)
{
	const uint8_t *bytes = move->code + offset;
	uint64_t target = move->source + (uint64_t)offset + instruction->length +
			  (uint64_t)instruction->raw.imm[0].value.s; // of a direct branch
	bool last = offset + instruction->length == move->size;
	enum codec_kind kind = codec_kind_of(instruction, operands);
	// With a 32-bit address size, the address relative to eip is cut to 32 bits: it can't be told from elsewhere.
	if (codec_rip_relative(instruction) && instruction->address_width != 64) {
		move->refusal = CODEC_NOT_RELOCATABLE;
		return;
	}
	switch (kind) {
	case CODEC_JMP:
	case CODEC_LOOP:
		move_direct_branch(move, instruction, bytes, kind, target);
		break;
	case CODEC_JCC: {
		bool known =
			(instruction->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (instruction->opcode & 0xf0) == 0x70) ||
			(instruction->opcode_map == ZYDIS_OPCODE_MAP_0F && (instruction->opcode & 0xf0) == 0x80);
		if (known && instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY) {
			move_direct_branch(move, instruction, bytes, kind, target);
		} else {
			move->refusal = CODEC_NOT_RELOCATABLE;
		}
		break;
	}
	case CODEC_CALL:
	case CODEC_INDIRECT_CALL:
		if (!last) {
			move->refusal = CODEC_CALL_NOT_LAST;
		} else if (kind == CODEC_CALL) {
			move_direct_call(move, instruction, bytes, target);
		} else {
			move_indirect_call(move, instruction, bytes);
		}
		break;
	case CODEC_XBEGIN: // the abort handler would see nothing of the move, but a probe inside a transaction aborts it
	case CODEC_INT3:   // someone else's breakpoint, whose handler looks at where it is
		move->refusal = CODEC_NOT_RELOCATABLE;
		break;
	default:
		move_plain(move, instruction, bytes);
		break;
	}
}

static bool never_goes_on(enum codec_kind kind)
{
	return kind == CODEC_JMP || kind == CODEC_INDIRECT_JMP || kind == CODEC_RET || kind == CODEC_CALL ||
	       kind == CODEC_INDIRECT_CALL || kind == CODEC_TRAP;
}

static void resolve(struct move *move, const struct fixup *fixup)
{
	uint64_t target = fixup->target;
	uint64_t inside = target - move->source;
	if (inside > 0 && inside < (uint64_t)move->size) {
		if (move->new_offset[inside] < 0) {
			move->refusal = CODEC_INTO_INSTRUCTION;
			return;
		}
		target = move->destination + (uint64_t)move->new_offset[inside];
	}
	set_displacement(move, fixup->at, fixup->at + 4, target);
}

int32_t codec_relocate(const uint8_t *code, int32_t size, int32_t window, uint64_t source, uint64_t destination,
		       uint8_t *out, int32_t capacity, int32_t *boundaries, int32_t *boundary_count)
{
	if (code == NULL || out == NULL || boundaries == NULL || boundary_count == NULL || size < 1 ||
	    size > CODEC_RANGE_MAX || window < size || window > CODEC_RANGE_MAX || capacity < 0) {
		return CODEC_BAD_ARGUMENT;
	}
	struct move move = {.code = code,
			    .size = size,
			    .source = source,
			    .destination = destination,
			    .out = out,
			    .capacity = capacity};
	memset(move.new_offset, 0xff, sizeof move.new_offset);
	ZydisDecoder decoder = codec_decoder(false);
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	enum codec_kind last = CODEC_BAD;
	int32_t count = 0;
	for (int32_t offset = 0; offset < size; offset += instruction.length) {
		if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code + offset, (ZyanUSize)(size - offset),
						       &instruction, operands))) {
			return CODEC_UNDECODABLE;
		}
		move.new_offset[offset] = move.length;
		boundaries[2 * count] = offset;
		boundaries[2 * count + 1] = move.length;
		count++;
		if (reads_range(&move, &instruction, offset, window)) {
			return CODEC_NOT_RELOCATABLE;
		}
		last = codec_kind_of(&instruction, operands);
		move_one(&move, &instruction, operands, offset);
		if (move.refusal != 0) {
			return move.refusal;
		}
	}
	if (!never_goes_on(last)) {
		boundaries[2 * count] = size;
		boundaries[2 * count + 1] = move.length;
		count++;
		put_byte(&move, 0xe9);
		put_branch_target(&move, source + (uint64_t)window);
	}
	for (int i = 0; i < move.fixup_count && move.refusal == 0; i++) {
		resolve(&move, &move.fixups[i]);
	}
	*boundary_count = count;
	return move.refusal != 0 ? move.refusal : move.length;
}
