// Decoding of ranges.
#include <string.h>

#include "internal.h"

// overflow, sign, zero, auxiliary, parity, carry
#define ARITHMETIC_FLAGS                                                                                               \
	(ZYDIS_CPUFLAG_OF | ZYDIS_CPUFLAG_SF | ZYDIS_CPUFLAG_ZF | ZYDIS_CPUFLAG_AF | ZYDIS_CPUFLAG_PF |                \
	 ZYDIS_CPUFLAG_CF)

// glibc keeps pointers to functions, and where setjmp returns to, combined with this word of the thread's control block.
#define POINTER_GUARD 0x30

ZydisDecoder codec_decoder(bool minimal)
{
	ZydisDecoder decoder;
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	if (minimal) {
		ZydisDecoderEnableMode(&decoder, ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE);
	}
	return decoder;
}

bool codec_rip_relative(const ZydisDecodedInstruction *instruction)
{
	// In 64-bit mode this form always means rip (or eip), and always has 32 bits.
	return instruction->raw.modrm.offset != 0 && instruction->raw.modrm.mod == 0 &&
	       instruction->raw.modrm.rm == 5 && instruction->raw.disp.size == 32;
}

enum codec_kind codec_kind_of(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands)
{
	bool direct = instruction->raw.imm[0].is_relative;
	switch (instruction->mnemonic) {
	case ZYDIS_MNEMONIC_JMP:
		return direct ? CODEC_JMP : CODEC_INDIRECT_JMP;
	case ZYDIS_MNEMONIC_CALL:
		return direct ? CODEC_CALL : CODEC_INDIRECT_CALL;
	case ZYDIS_MNEMONIC_LOOP:
	case ZYDIS_MNEMONIC_LOOPE:
	case ZYDIS_MNEMONIC_LOOPNE:
	case ZYDIS_MNEMONIC_JRCXZ:
	case ZYDIS_MNEMONIC_JECXZ:
	case ZYDIS_MNEMONIC_JCXZ:
		return CODEC_LOOP;
	case ZYDIS_MNEMONIC_RET:
	case ZYDIS_MNEMONIC_IRET:
	case ZYDIS_MNEMONIC_IRETD:
	case ZYDIS_MNEMONIC_IRETQ:
	case ZYDIS_MNEMONIC_UIRET:
	case ZYDIS_MNEMONIC_SYSRET:
	case ZYDIS_MNEMONIC_SYSEXIT:
		return CODEC_RET;
	case ZYDIS_MNEMONIC_SYSCALL:
	case ZYDIS_MNEMONIC_SYSENTER:
	case ZYDIS_MNEMONIC_INT:
		return CODEC_SYSCALL;
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_INT1:
		return CODEC_INT3;
	case ZYDIS_MNEMONIC_NOP:
		return CODEC_NOP;
	case ZYDIS_MNEMONIC_XCHG:
		// `66 90` is padding to assemblers; to the decoder it is `xchg ax, ax`.
		return instruction->opcode == 0x90 && operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
				       operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
				       operands[0].reg.value == operands[1].reg.value
			       ? CODEC_NOP
			       : CODEC_OTHER;
	case ZYDIS_MNEMONIC_ENDBR32:
	case ZYDIS_MNEMONIC_ENDBR64:
		return CODEC_ENDBR;
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_HLT:
		return CODEC_TRAP;
	case ZYDIS_MNEMONIC_XBEGIN:
		return CODEC_XBEGIN;
	default:
		return direct ? CODEC_JCC : CODEC_OTHER;
	}
}

static int general_register(ZydisRegister reg)
{
	ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
	return whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15 ? (int)(whole - ZYDIS_REGISTER_RAX) : -1;
}

// An entry of a table of distances, as compilers make them for switch statements.
static bool is_distance(const ZydisDecodedOperand *operands)
{
	return operands[0].size == 64 && operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY && operands[1].size == 32 &&
	       operands[1].mem.scale == 4 && operands[1].mem.index != ZYDIS_REGISTER_NONE &&
	       operands[1].mem.disp.value == 0 && operands[1].mem.segment == ZYDIS_REGISTER_DS;
}

static void describe_sum(ZydisRegister base, ZydisRegister added, struct codec_instruction *out)
{
	int to = general_register(base);
	int number = general_register(added);
	if (to >= 0 && number >= 0) {
		out->base_register = (uint8_t)to;
		out->added_register = (uint8_t)number;
	}
}

// Where the value comes from that the instruction puts into a register.
static void describe_value(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
			   struct codec_instruction *out)
{
	bool to_register = operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER;
	if (instruction->mnemonic == ZYDIS_MNEMONIC_MOV && to_register) {
		if (operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY && operands[0].size == 64) {
			out->flags |= CODEC_LOADS_POINTER;
		} else if (operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
			out->flags |= CODEC_LOADS_CONSTANT;
		} else if (operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER && operands[0].size == 64) {
			int number = general_register(operands[1].reg.value);
			out->moved_register = number >= 0 ? (uint8_t)number : 0xff;
		}
	} else if (instruction->mnemonic == ZYDIS_MNEMONIC_LEA && codec_rip_relative(instruction)) {
		out->flags |= CODEC_LOADS_CONSTANT;
	} else if (instruction->mnemonic == ZYDIS_MNEMONIC_MOVSXD && is_distance(operands)) {
		int number = general_register(operands[1].mem.base);
		out->flags |= number >= 0 ? CODEC_LOADS_DISTANCE : 0;
		out->base_register = number >= 0 ? (uint8_t)number : 0xff;
	} else if (instruction->mnemonic == ZYDIS_MNEMONIC_ADD && to_register && operands[0].size == 64 &&
		   operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER) {
		describe_sum(operands[0].reg.value, operands[1].reg.value, out);
	} else if (instruction->mnemonic == ZYDIS_MNEMONIC_LEA && operands[0].size == 64 &&
		   operands[1].mem.scale == 1 && operands[1].mem.disp.value == 0) {
		describe_sum(operands[1].mem.base, operands[1].mem.index, out);
	} else if (instruction->mnemonic == ZYDIS_MNEMONIC_XOR && to_register && operands[0].size == 64 &&
		   operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY && operands[1].mem.segment == ZYDIS_REGISTER_FS &&
		   operands[1].mem.base == ZYDIS_REGISTER_NONE && operands[1].mem.disp.value == POINTER_GUARD) {
		out->flags |= CODEC_LOADS_POINTER;
	}
}

static void describe(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands, uint64_t address,
		     struct codec_instruction *out)
{
	uint64_t next = address + instruction->length;
	out->length = instruction->length;
	out->kind = codec_kind_of(instruction, operands);
	if (instruction->raw.imm[0].is_relative) {
		out->target = next + (uint64_t)instruction->raw.imm[0].value.s;
	} else if (codec_rip_relative(instruction)) {
		out->flags |= CODEC_RIP_RELATIVE;
		out->target = next + (uint64_t)instruction->raw.disp.value;
		if (instruction->address_width == 32) {
			out->target = (uint32_t)out->target;
		}
	}
	if (instruction->cpu_flags != NULL) {
		const ZydisAccessedFlags *flags = instruction->cpu_flags;
		if ((flags->tested & ARITHMETIC_FLAGS) != 0) {
			out->flags |= CODEC_READS_FLAGS;
		}
		if (((flags->modified | flags->set_0 | flags->set_1 | flags->undefined) & ARITHMETIC_FLAGS) != 0) {
			out->flags |= CODEC_WRITES_FLAGS;
		}
	}
	for (int i = 0; i < instruction->operand_count; i++) {
		const ZydisDecodedOperand *operand = &operands[i];
		if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.index != ZYDIS_REGISTER_NONE) {
			out->flags |= CODEC_INDEXED;
		}
		if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER ||
		    (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) {
			continue;
		}
		int number = general_register(operand->reg.value);
		if (number >= 0) {
			out->writes |= (uint16_t)(1u << number);
		}
	}
	if ((out->writes & 1u << 4) != 0) {
		out->flags |= CODEC_MODIFIES_RSP;
	}
	if ((out->kind == CODEC_INDIRECT_JMP || out->kind == CODEC_INDIRECT_CALL) && instruction->operand_count > 0) {
		if (operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
			out->flags |= CODEC_THROUGH_MEMORY;
		} else if (operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
			int number = general_register(operands[0].reg.value);
			out->branch_register = number >= 0 ? (uint8_t)number : 0xff;
		}
	}
	describe_value(instruction, operands, out);
}

int32_t codec_decode(const uint8_t *code, int32_t size, uint64_t address, struct codec_instruction *out,
		     int32_t capacity)
{
	if (code == NULL || out == NULL || size < 0 || size > CODE_SIZE_MAX || capacity < 0) {
		return CODEC_BAD_ARGUMENT;
	}
	ZydisDecoder decoder = codec_decoder(false);
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	int32_t count = 0;
	for (int32_t offset = 0; offset < size && count < capacity;) {
		struct codec_instruction *one = &out[count++];
		memset(one, 0, sizeof *one);
		one->offset = (uint32_t)offset;
		one->branch_register = 0xff;
		one->moved_register = 0xff;
		one->base_register = 0xff;
		one->added_register = 0xff;
		if (ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code + offset, (ZyanUSize)(size - offset),
							&instruction, operands))) {
			describe(&instruction, operands, address + (uint64_t)offset, one);
		} else {
			one->length = 1;
			one->kind = CODEC_BAD;
		}
		offset += one->length;
	}
	return count;
}
