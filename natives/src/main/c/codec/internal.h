// What the codec's files share.
#ifndef DYNTRACE_CODEC_INTERNAL_H
#define DYNTRACE_CODEC_INTERNAL_H

#include <Zydis/Zydis.h>
#include <stdbool.h>

#include "codec.h"

#define CODE_SIZE_MAX (1 << 30)

// A decoder for 64-bit code; minimal: lengths and raw parts only, several times faster.
ZydisDecoder codec_decoder(bool minimal);

// The operand relative to rip, if there is one.
bool codec_rip_relative(const ZydisDecodedInstruction *instruction);

// What an instruction does to the flow of control; needs a full decoder.
enum codec_kind codec_kind_of(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands);

#endif
