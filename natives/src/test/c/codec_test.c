// Tests of the codec, to be run under the address and undefined-behaviour sanitizers: samples run at a new place, every
// instruction of the C library moved and compared with what it was, and bytes and names that mean harm.
#define _GNU_SOURCE
#include <Zydis/Zydis.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../main/c/codec/codec.h"
#include "codec_samples.h"

#define PAGE 4096
#define GIB (INT64_C(1) << 30)

static int failures;

static void expect(bool holds, const char *what, const char *of)
{
	if (!holds) {
		failures++;
		printf("FAILED: %s: %s\n", of, what);
	}
}

static unsigned char *executable_page(void *near_to)
{
	void *page = mmap(near_to, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	return page;
}

// --- samples, run at their own place and with their window moved ---

static void run_sample(const char *name, const unsigned char *begin, const unsigned char *window,
		       const unsigned char *window_end, const unsigned char *end)
{
	unsigned char *home = executable_page(NULL);
	unsigned char *away = executable_page(home - 64 * PAGE);
	int64_t before[8];
	uint64_t (*function)(uint64_t) = NULL;
	memcpy(home, begin, (size_t)(end - begin));
	memcpy(&function, &home, sizeof home);
	for (uint64_t i = 0; i < 8; i++) {
		before[i] = (int64_t)function(i);
	}
	memcpy(home, begin, (size_t)(end - begin)); // data among it may have changed
	int32_t size = (int32_t)(window_end - window);
	int32_t boundaries[2 * (CODEC_RANGE_MAX + 1)];
	int32_t count = 0;
	unsigned char *patch = home + (window - begin);
	int32_t length =
		codec_relocate(patch, size, size, (uint64_t)patch, (uint64_t)away, away, PAGE, boundaries, &count);
	expect(length > 0, "is relocated", name);
	expect(size >= 5, "has room for a jump", name);
	if (length > 0 && size >= 5) {
		int32_t distance = (int32_t)(away - (patch + 5));
		memset(patch, 0xcc, (size_t)size);
		patch[0] = 0xe9;
		memcpy(patch + 1, &distance, 4);
		for (uint64_t i = 0; i < 8; i++) {
			expect(before[i] == (int64_t)function(i), "returns the same", name);
		}
	}
	munmap(home, PAGE);
	munmap(away, PAGE);
}

// --- refusals ---

static int32_t try_relocate(const char *bytes, int32_t size, int32_t window, uint64_t destination)
{
	uint8_t out[256];
	int32_t boundaries[2 * (CODEC_RANGE_MAX + 1)];
	int32_t count = 0;
	return codec_relocate((const uint8_t *)bytes, size, window, 0x100000000, destination, out, sizeof out,
			      boundaries, &count);
}

static void refusals(void)
{
	uint64_t near_by = 0x100010000;
	uint64_t far_away = 0x300000000;
	struct {
		const char *what;
		const char *bytes;
		int32_t size;
		uint64_t destination;
		int32_t expected;
	} table[] = {
		{"no instruction", "\x06\x90\x90\x90\x90", 5, near_by, CODEC_UNDECODABLE},
		{"cut instruction", "\x48\x8b\x05\x00\x00", 5, near_by, CODEC_UNDECODABLE},
		{"rip-relative far away", "\x48\x8b\x05\x00\x10\x00\x00", 7, far_away, CODEC_OUT_OF_RANGE},
		{"jump far away", "\xe9\x00\x10\x00\x00", 5, far_away, CODEC_OUT_OF_RANGE},
		{"nothing but the way back far away", "\x48\x81\xec\x00\x01\x00\x00", 7, far_away, CODEC_OUT_OF_RANGE},
		{"xbegin", "\xc7\xf8\x00\x00\x00\x00", 6, near_by, CODEC_NOT_RELOCATABLE},
		{"int3", "\xcc\x90\x90\x90\x90", 5, near_by, CODEC_NOT_RELOCATABLE},
		{"call not last", "\xe8\x00\x00\x00\x00\x90", 6, near_by, CODEC_CALL_NOT_LAST},
		{"indirect call not last", "\xff\xd0\x90\x90\x90", 5, near_by, CODEC_CALL_NOT_LAST},
		{"call through rsp", "\x0f\x1f\x00\xff\xd4", 5, near_by, CODEC_NOT_RELOCATABLE},
		{"call through the red zone", "\x90\xff\x54\x24\xf8", 5, near_by, CODEC_NOT_RELOCATABLE},
		{"far call", "\x0f\x1f\x00\xff\x18", 5, near_by, CODEC_NOT_RELOCATABLE},
		{"branch into an instruction", "\x74\x01\x0f\x1f\x40\x00", 6, near_by, CODEC_INTO_INSTRUCTION},
		{"16-bit jump on some processors", "\x66\xe9\x00\x10\x00\x00", 6, near_by, CODEC_NOT_RELOCATABLE},
		{"relative to eip", "\x67\x48\x8b\x05\x00\x10\x00\x00", 8, near_by, CODEC_NOT_RELOCATABLE},
		{"reads its own bytes", "\x48\x8b\x05\xfb\xff\xff\xff", 7, near_by, CODEC_NOT_RELOCATABLE},
		{"takes an address inside", "\x48\x8d\x05\xfb\xff\xff\xff", 7, near_by, CODEC_NOT_RELOCATABLE},
		{"nothing", "", 0, near_by, CODEC_BAD_ARGUMENT},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int32_t result = try_relocate(table[i].bytes, table[i].size, table[i].size, table[i].destination);
		if (result != table[i].expected) {
			printf("%d instead of %d\n", result, table[i].expected);
		}
		expect(result == table[i].expected, table[i].what, "refusal");
	}
	expect(try_relocate("\xc3", 1, 5, near_by) == 1, "ret before padding is one byte", "padding");
	expect(try_relocate("\xc3", 1, CODEC_RANGE_MAX + 1, near_by) == CODEC_BAD_ARGUMENT, "window too long",
	       "padding");
}

// --- every instruction of real libraries, moved and compared ---

struct decoded {
	ZydisDecodedInstruction instruction;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	uint64_t address;
};

static bool decode(const uint8_t *code, size_t size, uint64_t address, struct decoded *out)
{
	static ZydisDecoder decoder;
	static bool ready;
	if (!ready) {
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
		ready = true;
	}
	out->address = address;
	return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, size, &out->instruction, out->operands));
}

static uint64_t absolute(const struct decoded *one, int operand)
{
	ZyanU64 result = 0;
	return ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&one->instruction, &one->operands[operand], one->address, &result))
		       ? result
		       : 0;
}

static bool same_operands(const struct decoded *a, const struct decoded *b)
{
	for (int i = 0; i < a->instruction.operand_count_visible; i++) {
		const ZydisDecodedOperand *x = &a->operands[i];
		const ZydisDecodedOperand *y = &b->operands[i];
		if (x->type != y->type || x->size != y->size) {
			return false;
		}
		if (x->type == ZYDIS_OPERAND_TYPE_REGISTER && x->reg.value != y->reg.value) {
			return false;
		}
		if (x->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && !x->imm.is_relative &&
		    x->imm.value.u != y->imm.value.u) {
			return false;
		}
		if (x->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && x->imm.is_relative && absolute(a, i) != absolute(b, i)) {
			return false;
		}
		if (x->type == ZYDIS_OPERAND_TYPE_MEMORY &&
		    (x->mem.base != y->mem.base || x->mem.index != y->mem.index || x->mem.scale != y->mem.scale ||
		     x->mem.segment != y->mem.segment)) {
			return false;
		}
		if (x->type == ZYDIS_OPERAND_TYPE_MEMORY &&
		    (x->mem.base == ZYDIS_REGISTER_RIP ? absolute(a, i) != absolute(b, i)
						       : x->mem.disp.value != y->mem.disp.value)) {
			return false;
		}
	}
	return true;
}

// What a call became: push of the return address, then a jump to the same place.
static bool same_call(const struct decoded *call, const uint8_t *out, int32_t length, uint64_t destination)
{
	struct decoded push;
	struct decoded jump;
	uint64_t pushed;
	if (!decode(out, (size_t)length, destination, &push) || push.instruction.mnemonic != ZYDIS_MNEMONIC_PUSH) {
		return false;
	}
	int32_t after_push = push.instruction.length;
	uint64_t literal = absolute(&push, 0) - destination;
	if (literal + 8 > (uint64_t)length ||
	    !decode(out + after_push, (size_t)(length - after_push), destination + (uint64_t)after_push, &jump)) {
		return false;
	}
	memcpy(&pushed, out + literal, 8);
	const ZydisDecodedOperand *from = &call->operands[0];
	bool moved_stack = from->type == ZYDIS_OPERAND_TYPE_MEMORY && from->mem.base == ZYDIS_REGISTER_RSP;
	struct decoded adjusted = *call;
	if (moved_stack) {
		adjusted.operands[0].mem.disp.value += 8;
	}
	return pushed == call->address + call->instruction.length && jump.instruction.mnemonic == ZYDIS_MNEMONIC_JMP &&
	       adjusted.instruction.operand_count_visible == jump.instruction.operand_count_visible &&
	       (from->type != ZYDIS_OPERAND_TYPE_IMMEDIATE ? same_operands(&adjusted, &jump)
							   : absolute(call, 0) == absolute(&jump, 0));
}

static bool same_meaning(const struct decoded *was, const uint8_t *out, int32_t length, uint64_t destination)
{
	if (was->instruction.mnemonic == ZYDIS_MNEMONIC_CALL) {
		return same_call(was, out, length, destination);
	}
	struct decoded is;
	if (!decode(out, (size_t)length, destination, &is) || is.instruction.mnemonic != was->instruction.mnemonic) {
		return false;
	}
	bool short_only =
		is.instruction.mnemonic == ZYDIS_MNEMONIC_JRCXZ || is.instruction.mnemonic == ZYDIS_MNEMONIC_JECXZ ||
		is.instruction.mnemonic == ZYDIS_MNEMONIC_LOOP || is.instruction.mnemonic == ZYDIS_MNEMONIC_LOOPE ||
		is.instruction.mnemonic == ZYDIS_MNEMONIC_LOOPNE;
	if (short_only) {
		struct decoded jump;
		int32_t at = (int32_t)(absolute(&is, 0) - destination);
		return at > 0 && at < length &&
		       decode(out + at, (size_t)(length - at), destination + (uint64_t)at, &jump) &&
		       jump.instruction.mnemonic == ZYDIS_MNEMONIC_JMP && absolute(&jump, 0) == absolute(was, 0);
	}
	if (was->instruction.raw.imm[0].is_relative) {
		return absolute(was, 0) == absolute(&is, 0);
	}
	return same_operands(was, &is);
}

static int64_t moved;
static int64_t refused;

static void move_range(const uint8_t *code, size_t size)
{
	int64_t offsets[] = {64 * PAGE, -GIB, GIB, 12345};
	struct decoded was;
	for (size_t offset = 0, step; offset < size; offset += step) {
		step = 1;
		if (!decode(code + offset, size - offset, (uint64_t)(code + offset), &was)) {
			continue;
		}
		step = was.instruction.length;
		uint8_t out[256];
		int32_t boundaries[2 * (CODEC_RANGE_MAX + 1)];
		int32_t count = 0;
		uint64_t destination = was.address + (uint64_t)offsets[offset % 4];
		int32_t length = codec_relocate(code + offset, (int32_t)step, (int32_t)step, was.address, destination,
						out, sizeof out, boundaries, &count);
		if (length < 0) {
			refused++;
			continue;
		}
		moved++;
		if (!same_meaning(&was, out, length, destination)) {
			failures++;
			if (failures < 20) {
				printf("FAILED: at %p:", (const void *)(code + offset));
				for (size_t i = 0; i < step; i++) {
					printf(" %02x", code[offset + i]);
				}
				printf(" became");
				for (int32_t i = 0; i < length; i++) {
					printf(" %02x", out[i]);
				}
				printf("\n");
			}
		}
	}
}

static int move_library(struct dl_phdr_info *info, size_t size, void *opaque)
{
	(void)size;
	(void)opaque;
	if (strstr(info->dlpi_name, "libc.so") == NULL && strstr(info->dlpi_name, "libZydis") == NULL) {
		return 0;
	}
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0) {
			const uint8_t *code = (const uint8_t *)info->dlpi_addr + header->p_vaddr;
			move_range(code, header->p_filesz);
			uint64_t low = (uint64_t)code;
			int64_t found = codec_references(code, (int32_t)header->p_filesz, low, NULL, 0, low,
							 low + header->p_filesz, 0, NULL, 0);
			printf("%s: %lu bytes of code, %ld references\n", info->dlpi_name,
			       (unsigned long)header->p_filesz, found);
			expect(found > 1000, "has references", info->dlpi_name);
		}
	}
	return 0;
}

// --- what the sweep finds ---

static void references(void)
{
	// je +2; lea 0x10(%rip); mov $0x10000005, %edi; a byte that is no instruction; jmp back to the beginning
	static const uint8_t code[] = "\x74\x02\x48\x8d\x05\x10\x00\x00\x00\xbf\x05\x00\x00\x10\x06\xeb\xef";
	int32_t size = sizeof code - 1;
	uint64_t out[8];
	uint64_t low = 0x10000000;
	int64_t count = codec_references(code, size, low, NULL, 0, low, low + 0x100, 1, out, 8);
	uint64_t expected[] = {UINT64_C(4) << 32, UINT64_C(0x19) << 32 | 2, UINT64_C(5) << 32 | 9,
			       UINT64_C(0) << 32 | 15};
	expect(count == 4 && memcmp(out, expected, sizeof expected) == 0, "are found", "references");
	expect(codec_references(code, size, low, NULL, 0, low, low + 0x100, 0, out, 2) == 3, "are counted",
	       "references");
	int32_t start = 3; // makes the lea a cut one
	expect(codec_references(code, size, low, &start, 1, low, low + 0x100, 0, out, 8) >= 2, "with starts",
	       "references");
	expect(codec_references(code, size, low + 1, NULL, 0, low, low + (uint64_t)size, 0, out, 8) ==
		       CODEC_BAD_ARGUMENT,
	       "range outside", "references");
}

static void kinds(void)
{
	static const uint8_t code[] =
		"\xf3\x0f\x1e\xfa\x55\x48\x83\xec\x08\xff\xe0\xff\x25\x01\x00\x00\x00\x66\x90\x0f\x05\xc3"
		"\x0f\x0b\x48\x8b\x07\x85\xc0";
	static const uint8_t expected[] = {CODEC_ENDBR,        CODEC_OTHER, CODEC_OTHER,   CODEC_INDIRECT_JMP,
					   CODEC_INDIRECT_JMP, CODEC_NOP,   CODEC_SYSCALL, CODEC_RET,
					   CODEC_TRAP,         CODEC_OTHER, CODEC_OTHER};
	struct codec_instruction out[16];
	int32_t count = codec_decode(code, sizeof code - 1, 0x1000, out, 16);
	expect(sizeof(struct codec_instruction) == 24, "is 24 bytes", "instruction");
	expect(count == sizeof expected, "are counted", "instructions");
	for (int32_t i = 0; i < count && i < (int32_t)sizeof expected; i++) {
		expect(out[i].kind == expected[i], "kind", "instruction");
	}
	expect(out[1].flags == CODEC_MODIFIES_RSP, "push modifies rsp", "instruction");
	expect(out[2].flags == (CODEC_MODIFIES_RSP | CODEC_WRITES_FLAGS), "sub modifies rsp, flags", "instruction");
	expect(out[3].branch_register == 0 && out[3].flags == 0, "jmp *%rax", "instruction");
	expect(out[4].flags == (CODEC_RIP_RELATIVE | CODEC_THROUGH_MEMORY) && out[4].target == 0x1012, "jmp *1(%rip)",
	       "instruction");
	expect(out[9].flags == CODEC_LOADS_POINTER && out[9].writes == 1, "mov (%rdi), %rax", "instruction");
}

// --- names ---

static void baseline(void)
{
	static const uint8_t plain[] = {0x0f, 0x28, 0xc1, 0x66, 0x0f, 0x6f, 0xc1, 0xc3}; // movaps, movdqa, ret
	static const uint8_t high[] = {0x44, 0x0f, 0x28, 0xc1, 0xc3};                    // movaps xmm8, xmm1; ret
	static const uint8_t wide[] = {0x41, 0x0f, 0xaf, 0xc0,
				       0x4d, 0x0f, 0x28, 0x00}; // imul eax, r8d; movaps xmm8, [r8]
	static const uint8_t based[] = {0x41, 0x0f, 0x28, 0x00,
					0x44, 0x0f, 0xb6, 0xc1};           // movaps xmm0, [r8]; movzx r8d, cl
	static const uint8_t vex[] = {0x90, 0xc5, 0xf8, 0x28, 0xc1, 0xc3}; // nop, vmovaps xmm, ret
	static const uint8_t evex[] = {0x90, 0x62, 0xf1, 0x7c, 0x48, 0x28, 0xc1, 0xc3}; // nop, vmovaps zmm, ret
	static const uint8_t none[] = {0x90, 0x06, 0xc3};                               // nop, push es: not in 64 bits
	int32_t start = 1;

	expect(codec_is_baseline(plain, sizeof(plain), NULL, 0) == 1, "SSE", "is baseline");
	expect(codec_is_baseline(high, sizeof(high), NULL, 0) == 0, "xmm8", "is not");
	expect(codec_is_baseline(wide, sizeof(wide), NULL, 0) == 0, "xmm8 loaded", "is not");
	expect(codec_is_baseline(based, sizeof(based), NULL, 0) == 1, "r8", "is");
	expect(codec_is_baseline(vex, sizeof(vex), NULL, 0) == 0, "VEX", "is none");
	expect(codec_is_baseline(evex, sizeof(evex), NULL, 0) == 0, "EVEX", "is none");
	expect(codec_is_baseline(evex, sizeof(evex), &start, 1) == 0, "EVEX", "is none at a start");
	expect(codec_is_baseline(none, sizeof(none), NULL, 0) == 0, "what can't be decoded", "is none");
	expect(codec_is_baseline(NULL, 1, NULL, 0) == CODEC_BAD_ARGUMENT, "NULL", "is refused");
}

static void names(void)
{
	static const uint8_t in[] = "_ZN2ns1fEi\0printf\0_ZNSt6vectorIiE9push_backEi\0_Zbroken\0";
	uint8_t out[256];
	int64_t used = 0;
	static const char expected[] = "ns::f(int)\0\0std::vector<int>::push_back(int)\0\0";
	expect(codec_demangle(in, sizeof in - 1, 4, out, sizeof out, &used) == 4 && used == sizeof expected - 1 &&
		       memcmp(out, expected, sizeof expected - 1) == 0,
	       "are readable", "names");
	expect(codec_demangle(in, sizeof in - 1, 4, out, 16, &used) == 2, "stop when full", "names");
	expect(codec_demangle(in, 5, 1, out, sizeof out, &used) == CODEC_BAD_ARGUMENT, "that don't end", "names");
	// Each argument is a pair of the one before: 2^200 types when written out.
	char bomb[8192] = "";
	strcpy(bomb, "_Z1fSt4pairIiiE");
	for (int i = 0; i < 200; i++) {
		char more[32];
		static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
		char number[8] = "";
		if (i > 0) {
			int n = i - 1;
			number[0] = n >= 36 ? digits[n / 36] : digits[n];
			number[1] = n >= 36 ? digits[n % 36] : 0;
		}
		snprintf(more, sizeof more, "S_IS%s_S%s_E", number, number);
		strcat(bomb, more);
	}
	bomb[1999] = 0;
	expect(codec_demangle((const uint8_t *)bomb, (int64_t)strlen(bomb) + 1, 1, out, sizeof out, &used) <= 1, "bomb",
	       "names");
}

// --- random bytes, in blocks of exactly their size, so that the sanitizer sees each byte too far ---

static void random_bytes(void)
{
	srand(1);
	for (int round = 0; round < 200000; round++) {
		int32_t size = rand() % 40;
		uint8_t *code = malloc((size_t)size + (size == 0));
		for (int32_t i = 0; i < size; i++) {
			code[i] = (uint8_t)rand();
		}
		int32_t capacity = rand() % 80;
		uint8_t *out = malloc((size_t)capacity + (capacity == 0));
		int32_t *boundaries = malloc(sizeof *boundaries * 2 * (size_t)(size + 1));
		int32_t count = 0;
		uint64_t source = (uint64_t)rand() << 12;
		codec_relocate(code, size, size + rand() % 8, source, source + (uint64_t)rand(), out, capacity,
			       boundaries, &count);
		struct codec_instruction *instructions = malloc(sizeof *instructions * (size_t)(size + 1));
		codec_decode(code, size, source, instructions, size + 1);
		uint64_t found[4];
		codec_references(code, size, source, NULL, 0, source, source + 64, round & 1, found, 4);
		// A name that begins like one.
		for (int32_t i = 0; i < size; i++) {
			code[i] = (uint8_t) "_ZNSt1aIEiKRPS0_T2_vcdlmDpFXLb"[code[i] % 30];
		}
		if (size > 3) {
			int64_t used;
			code[0] = '_';
			code[1] = 'Z';
			code[size - 1] = 0;
			codec_demangle(code, size, 1, out, capacity, &used);
		}
		free(code);
		free(out);
		free(boundaries);
		free(instructions);
	}
}

int main(void)
{
#define RUN(name) run_sample(#name, name, name##_window, name##_window_end, name##_end);
	EVERY_SAMPLE(RUN)
	refusals();
	kinds();
	references();
	baseline();
	names();
	random_bytes();
	dl_iterate_phdr(move_library, NULL);
	printf("%ld instructions moved, %ld refused\n", moved, refused);
	expect(refused < moved / 20, "few are refused", "instructions");
	printf(failures == 0 ? "codec: all right\n" : "codec: %d failures\n", failures);
	return failures != 0;
}
