// Sweeps over all of a module's code: for everything that it refers to, and for what processor it needs.
#include "internal.h"

struct sink {
	uint64_t low;
	uint64_t high;
	uint64_t *out;
	int64_t capacity;
	int64_t count;
};

static void add(struct sink *sink, uint64_t target, uint64_t source)
{
	if (target < sink->low || target >= sink->high) {
		return;
	}
	if (sink->count < sink->capacity) {
		sink->out[sink->count] = (target - sink->low) << 32 | (source - sink->low);
	}
	sink->count++;
}

int64_t codec_references(const uint8_t *code, int32_t size, uint64_t address, const int32_t *starts,
			 int32_t start_count, uint64_t low, uint64_t high, int32_t absolute, uint64_t *out,
			 int64_t capacity)
{
	if (code == NULL || size < 0 || size > CODE_SIZE_MAX || start_count < 0 ||
	    (start_count > 0 && starts == NULL) || capacity < 0 || (capacity > 0 && out == NULL) || high < low ||
	    high - low > UINT64_C(1) << 32 || address < low || address + (uint64_t)size < address ||
	    address + (uint64_t)size > high) {
		return CODEC_BAD_ARGUMENT;
	}
	ZydisDecoder decoder = codec_decoder(true);
	ZydisDecodedInstruction instruction;
	ZydisDecoderContext context;
	struct sink sink = {low, high, out, capacity, 0};
	int32_t next_start = 0;
	int32_t offset = 0;
	while (offset < size) {
		while (next_start < start_count && starts[next_start] <= offset) {
			next_start++;
		}
		int32_t end = next_start < start_count && starts[next_start] < size ? starts[next_start] : size;
		// An instruction that a start cuts was none: what precedes the start is data, or padding of another kind.
		if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder, &context, code + offset,
							      (ZyanUSize)(end - offset), &instruction))) {
			offset++;
			continue;
		}
		uint64_t source = address + (uint64_t)offset;
		uint64_t next = source + instruction.length;
		if (instruction.raw.imm[0].is_relative) {
			add(&sink, next + (uint64_t)instruction.raw.imm[0].value.s, source);
		} else {
			if (codec_rip_relative(&instruction)) {
				add(&sink, next + (uint64_t)instruction.raw.disp.value, source);
			}
			if (absolute != 0 && instruction.raw.imm[0].size >= 32) {
				add(&sink, instruction.raw.imm[0].value.u, source);
			}
		}
		offset += instruction.length;
	}
	return sink.count;
}

static bool uses_high_register(const ZydisDecoder *decoder, const uint8_t *code, uint8_t length)
{
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];

	if (ZYAN_FAILED(ZydisDecoderDecodeFull(decoder, code, length, &instruction, operands))) {
		return true;
	}
	for (int i = 0; i < instruction.operand_count; i++) {
		if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    ZydisRegisterGetClass(operands[i].reg.value) == ZYDIS_REGCLASS_XMM &&
		    ZydisRegisterGetId(operands[i].reg.value) >= 8) {
			return true;
		}
	}
	return false;
}

int32_t codec_is_baseline(const uint8_t *code, int32_t size, const int32_t *starts, int32_t start_count)
{
	if (code == NULL || size < 0 || size > CODE_SIZE_MAX || start_count < 0 ||
	    (start_count > 0 && starts == NULL)) {
		return CODEC_BAD_ARGUMENT;
	}
	ZydisDecoder decoder = codec_decoder(true);
	ZydisDecoder whole = codec_decoder(false);
	ZydisDecodedInstruction instruction;
	ZydisDecoderContext context;
	int32_t next_start = 0;
	int32_t offset = 0;
	while (offset < size) {
		while (next_start < start_count && starts[next_start] <= offset) {
			next_start++;
		}
		int32_t end = next_start < start_count && starts[next_start] < size ? starts[next_start] : size;
		if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder, &context, code + offset,
							      (ZyanUSize)(end - offset), &instruction)) ||
		    instruction.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY) {
			return 0;
		}
		// Only a REX prefix leads to xmm8 and those behind it.
		if ((instruction.raw.rex.R || instruction.raw.rex.B) &&
		    instruction.opcode_map != ZYDIS_OPCODE_MAP_DEFAULT &&
		    uses_high_register(&whole, code + offset, instruction.length)) {
			return 0;
		}
		offset += instruction.length;
	}
	return 1;
}
