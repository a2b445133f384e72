// The codec: x86-64 instructions decoded and moved, and C++ names made readable, for the daemon. It is loaded by the
// daemon through JNA, never by a target. All functions are pure: no state, any thread; every size is
// checked, so that hostile code bytes and names can cost time and nothing else.
#ifndef DYNTRACE_CODEC_H
#define DYNTRACE_CODEC_H

#include <stdint.h>

#define CODEC_EXPORT __attribute__((visibility("default")))

// What an instruction does to the flow of control. Mirrored by org.dyntrace.daemon.code.Kind, in this order.
enum codec_kind {
	CODEC_BAD,           // not an instruction; its length is 1
	CODEC_OTHER,         // goes on with the next one
	CODEC_JCC,           // conditional, direct
	CODEC_JMP,           // unconditional, direct
	CODEC_CALL,          // direct
	CODEC_INDIRECT_JMP,  // through a register or memory, near or far
	CODEC_INDIRECT_CALL, // through a register or memory, near or far
	CODEC_RET,           // ret, retf, iret, sysret, sysexit, uiret
	CODEC_LOOP,          // loop, loope, loopne, jrcxz, jecxz
	CODEC_SYSCALL,       // syscall, sysenter, int n
	CODEC_INT3,          // int3, int1
	CODEC_NOP,           // nop of any length
	CODEC_ENDBR,         // endbr64, endbr32
	CODEC_TRAP,          // ud0, ud1, ud2, hlt: never goes on
	CODEC_XBEGIN,        // its abort handler is a direct target
};

enum codec_flag {
	CODEC_RIP_RELATIVE = 1,    // has a memory operand relative to rip: target is its address
	CODEC_MODIFIES_RSP = 2,    // leaves rsp different: push, pop, sub rsp, leave, ret n, ...
	CODEC_READS_FLAGS = 4,     // of the arithmetic flags
	CODEC_WRITES_FLAGS = 8,    // of the arithmetic flags
	CODEC_THROUGH_MEMORY = 16, // an indirect branch whose target is read from memory
	CODEC_LOADS_POINTER =
		32, // mov of 8 bytes from memory to a general register, or the last step to a pointer that glibc guards
	CODEC_LOADS_CONSTANT = 64,  // mov of an immediate, or lea relative to rip
	CODEC_INDEXED = 128,        // has a memory operand with an index register
	CODEC_LOADS_DISTANCE = 256, // movsxd of 4 bytes from [base + index * 4] to a general register
};

// One instruction. Mirrored by org.dyntrace.daemon.code.Instruction: 24 bytes, little-endian, no holes.
struct codec_instruction {
	uint32_t offset;         // from the beginning of the range
	uint8_t length;          // 1..15
	uint8_t kind;            // enum codec_kind
	uint16_t flags;          // enum codec_flag
	uint64_t target;         // of a direct branch, or of the operand relative to rip; else 0
	uint16_t writes;         // general registers it writes, bit 0 = rax ... bit 15 = r15
	uint8_t branch_register; // number of the register that an indirect branch goes through; else 0xff
	uint8_t moved_register;  // number of the register that a mov copies, all 8 bytes, to another; else 0xff
	uint8_t base_register; // number of the base register of what CODEC_LOADS_DISTANCE loads, or of the first summand
	uint8_t added_register; // number of the register that an add or lea of 8 bytes adds to the base register; else 0xff
	uint8_t reserved[2];
};

// Why a relocation is refused; negative results of codec_relocate. Mirrored by org.dyntrace.daemon.code.Codec.
enum codec_refusal {
	CODEC_BAD_ARGUMENT = -1,
	CODEC_UNDECODABLE = -2,     // bytes that are no instruction, or one that the range's end cuts
	CODEC_NOT_RELOCATABLE = -3, // an instruction that can't do the same elsewhere
	CODEC_OUT_OF_RANGE = -4,    // something it refers to is more than 2 GiB away from the new place
	CODEC_CALL_NOT_LAST = -5,
	CODEC_INTO_INSTRUCTION = -6, // a branch of the range leads between two boundaries of the range
	CODEC_NO_SPACE = -7,         // the output is longer than the capacity
};

#define CODEC_RANGE_MAX 64 // the longest range that codec_relocate takes, in bytes

// Decodes a range, one instruction after the other; where none can be decoded, one byte is CODEC_BAD.
// size: of the range, <= 1 GiB; address: of its first byte; capacity: instructions that `out` takes.
// Returns how many were written (decoding stops when `out` is full), or CODEC_BAD_ARGUMENT.
CODEC_EXPORT int32_t codec_decode(const uint8_t *code, int32_t size, uint64_t address, struct codec_instruction *out,
				  int32_t capacity);

// Collects every place that the code of a range refers to: targets of direct branches, addresses relative to rip (also
// the address that `lea` takes), and with `absolute` != 0 immediate values, as long as they lie in [low, high).
// starts: sorted offsets in the range where instructions are known to begin; decoding starts afresh at each.
// Each reference is (target - low) << 32 | (source - low), so high - low must be at most 4 GiB, and the range in it.
// Returns how many there are, which may be more than `capacity` (then `out` holds the first ones), or CODEC_BAD_ARGUMENT.
CODEC_EXPORT int64_t codec_references(const uint8_t *code, int32_t size, uint64_t address, const int32_t *starts,
				      int32_t start_count, uint64_t low, uint64_t high, int32_t absolute, uint64_t *out,
				      int64_t capacity);

// Whether code holds only instructions that change no vector registers but the lower parts of xmm0 to xmm7: no VEX, EVEX or other
// encodings that the first x86-64 processors had not, and none that names xmm8 or one behind it.
// starts: as for codec_references.
// Returns 1 if so; 0 if not, or if some of it can't be decoded; CODEC_BAD_ARGUMENT.
CODEC_EXPORT int32_t codec_is_baseline(const uint8_t *code, int32_t size, const int32_t *starts, int32_t start_count);

// Moves `size` bytes of whole instructions from `source` to `destination`, so that they do there what they did, and ends
// with a jump to source + window unless the last instruction never goes on. window >= size: what lies between is padding.
//
// A call must be the last one: it becomes `push [literal]; jmp callee`, so that the callee returns to source + size as
// before, and unwinders see a return address with unwind information. A branch to a boundary inside the range leads to
// the moved instruction, except that a branch to `source` itself still leads to `source`, where the probe is.
//
// boundaries: pairs (old offset, new offset), at most size + 1 of them, ascending; the last is (size, offset of the jump
// back) when there is one. Returns the length of the output, or an enum codec_refusal.
CODEC_EXPORT int32_t codec_relocate(const uint8_t *code, int32_t size, int32_t window, uint64_t source,
				    uint64_t destination, uint8_t *out, int32_t capacity, int32_t *boundaries,
				    int32_t *boundary_count);

// Makes C++ names readable. names: `count` texts, each ended by a zero byte, `size` bytes in all. For each one, writes
// the readable text, or nothing when it isn't a C++ name or too long (2,000 bytes; 32 KiB readable), and a zero byte.
// used: how many bytes were written. Returns how many names were done: fewer than `count` when `out` is full.
CODEC_EXPORT int32_t codec_demangle(const uint8_t *names, int64_t size, int32_t count, uint8_t *out, int64_t capacity,
				    int64_t *used);

#endif
