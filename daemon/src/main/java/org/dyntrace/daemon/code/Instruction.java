package org.dyntrace.daemon.code;

import java.nio.ByteBuffer;

/**
 * A decoded instruction. Mirrors struct codec_instruction of codec.h.
 *
 * @param offset where it begins, from the beginning of what was decoded
 * @param length 1 to 15 bytes
 * @param kind what it does to the flow of control
 * @param flags see enum codec_flag
 * @param target of a direct branch, or the address of an operand relative to rip; else 0
 * @param writes general registers that it writes, bit 0 for rax to bit 15 for r15
 * @param branchRegister the number of the register that an indirect branch goes through, or -1
 * @param movedRegister the number of the register that a mov copies to another, or -1
 * @param baseRegister the number of the register that a table of distances begins at, of which this loads an entry; that of the first
 *     summand of a sum; or -1
 * @param addedRegister the number of the register that a sum of two registers adds to the first, or -1
 */
public record Instruction(
        int offset,
        int length,
        Kind kind,
        int flags,
        long target,
        int writes,
        int branchRegister,
        int movedRegister,
        int baseRegister,
        int addedRegister) {
    /** Bytes of the C struct. */
    static final int SIZE = 24;

    private static final int RIP_RELATIVE = 1;
    private static final int MODIFIES_RSP = 2;
    private static final int READS_FLAGS = 4;
    private static final int WRITES_FLAGS = 8;
    private static final int THROUGH_MEMORY = 16;
    private static final int LOADS_POINTER = 32;
    private static final int LOADS_CONSTANT = 64;
    private static final int INDEXED = 128;
    private static final int LOADS_DISTANCE = 256;
    private static final int NO_REGISTER = 0xff;

    static Instruction at(ByteBuffer structs, int index) {
        int at = index * SIZE;
        return new Instruction(
                structs.getInt(at),
                structs.get(at + 4),
                Kind.of(structs.get(at + 5)),
                structs.getShort(at + 6),
                structs.getLong(at + 8),
                structs.getShort(at + 16) & 0xffff,
                register(structs.get(at + 18)),
                register(structs.get(at + 19)),
                register(structs.get(at + 20)),
                register(structs.get(at + 21)));
    }

    private static int register(byte number) {
        return (number & 0xff) == NO_REGISTER ? -1 : number;
    }

    /** {@return where the next one begins, from the beginning of what was decoded} */
    public int end() {
        return offset + length;
    }

    /** {@return whether an operand's address is given relative to its own} */
    public boolean ripRelative() {
        return (flags & RIP_RELATIVE) != 0;
    }

    /** {@return whether it leaves the stack pointer different: push, pop, sub rsp, ret n, …} */
    public boolean modifiesRsp() {
        return (flags & MODIFIES_RSP) != 0;
    }

    /** {@return whether it depends on an arithmetic flag} */
    public boolean readsFlags() {
        return (flags & READS_FLAGS) != 0;
    }

    /** {@return whether it changes an arithmetic flag} */
    public boolean writesFlags() {
        return (flags & WRITES_FLAGS) != 0;
    }

    /** {@return whether it's an indirect branch whose target is read from memory} */
    public boolean throughMemory() {
        return (flags & THROUGH_MEMORY) != 0;
    }

    /** {@return whether it moves 8 bytes from memory to a general register, or makes the pointer of one that glibc guards} */
    public boolean loadsPointer() {
        return (flags & LOADS_POINTER) != 0;
    }

    /** {@return whether it moves an immediate, or an address relative to its own, to a general register} */
    public boolean loadsConstant() {
        return (flags & LOADS_CONSTANT) != 0;
    }

    /** {@return whether it moves an entry of a table of 4-byte distances, [base + index * 4], to a general register} */
    public boolean loadsDistance() {
        return (flags & LOADS_DISTANCE) != 0;
    }

    /** {@return whether it uses memory whose address has an index register} */
    public boolean indexed() {
        return (flags & INDEXED) != 0;
    }
}
