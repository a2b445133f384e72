package org.dyntrace.daemon.inject;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the few x86-64 instructions that the {@link Stub} is made of. Registers go by their numbers in instructions. */
final class Assembler {
    static final int RAX = 0;
    static final int RCX = 1;
    static final int RDX = 2;
    static final int RBX = 3;
    static final int RSP = 4;
    static final int RBP = 5;
    static final int RSI = 6;
    static final int RDI = 7;
    static final int R8 = 8;
    static final int R10 = 10;
    static final int R12 = 12;
    static final int R13 = 13;
    static final int R14 = 14;
    static final int R15 = 15;

    /** The conditions of {@link #jump}. */
    static final int EQUAL = 4;

    static final int NOT_EQUAL = 5;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Reference> references = new ArrayList<>();

    private record Reference(int at, String label) {}

    /** Names the place that is reached. */
    void label(String name) {
        labels.put(name, code.size());
    }

    /** {@return how far from the beginning a named place lies} */
    int offset(String label) {
        return labels.get(label);
    }

    /** {@return how many bytes there are so far} */
    int position() {
        return code.size();
    }

    /** {@return the finished code} */
    byte[] finish() {
        byte[] bytes = code.toByteArray();
        for (Reference reference : references) {
            int distance = labels.get(reference.label) - (reference.at + Integer.BYTES);
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[reference.at + i] = (byte) (distance >> 8 * i);
            }
        }
        return bytes;
    }

    void bytes(int... values) {
        for (int value : values) {
            code.write(value);
        }
    }

    void quad(long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            code.write((int) (value >> 8 * i));
        }
    }

    /** A system call; its number is in rax, its arguments are where the kernel wants them. */
    void syscall() {
        bytes(0x0f, 0x05);
    }

    void syscall(int number) {
        set(RAX, number);
        syscall();
    }

    /** Sets a register to a number that fits 32 bits without sign. Keeps the flags. */
    void set(int register, int value) {
        if (register >= 8) {
            bytes(0x41);
        }
        bytes(0xb8 + (register & 7));
        immediate(value);
    }

    void move(int to, int from) {
        bytes(0x48 | from >> 3 << 2 | to >> 3, 0x89, 0xc0 | (from & 7) << 3 | to & 7);
    }

    /** Loads 64 bits. */
    void load(int to, int base, int offset) {
        memory(true, to, base, offset, 0x8b);
    }

    /** Loads 32 bits and clears the upper half. */
    void load32(int to, int base, int offset) {
        memory(false, to, base, offset, 0x8b);
    }

    /** Stores 64 bits. */
    void store(int from, int base, int offset) {
        memory(true, from, base, offset, 0x89);
    }

    /** Stores 32 bits. */
    void store32(int from, int base, int offset) {
        memory(false, from, base, offset, 0x89);
    }

    /** Stores a 32-bit number. */
    void storeNumber(int base, int offset, int value) {
        memory(false, 0, base, offset, 0xc7);
        immediate(value);
    }

    /** Compares 32 bits of memory with zero. */
    void compareWithZero(int base, int offset) {
        memory(false, 7, base, offset, 0x83);
        bytes(0);
    }

    void address(int to, int base, int offset) {
        memory(true, to, base, offset, 0x8d);
    }

    void compare(int left, int right) {
        bytes(0x48 | right >> 3 << 2 | left >> 3, 0x39, 0xc0 | (right & 7) << 3 | left & 7);
    }

    /** Compares a register below 8 with zero. */
    void test(int register) {
        bytes(0x48, 0x85, 0xc0 | register << 3 | register);
    }

    void jump(int condition, String label) {
        bytes(0x0f, 0x80 | condition);
        reference(label);
    }

    void jump(String label) {
        bytes(0xe9);
        reference(label);
    }

    /** Calls the function whose address lies in memory. */
    void callThrough(int base, int offset) {
        memory(false, 2, base, offset, 0xff);
    }

    void callRegister(int register) {
        bytes(0xff, 0xd0 | register);
    }

    /** Jumps to where the quad at the label points. Keeps flags and registers. */
    void jumpThrough(String label) {
        bytes(0xff, 0x25);
        reference(label);
    }

    /** An instruction with an operand in memory; the opcode may have several bytes. */
    void memory(boolean wide, int register, int base, int offset, int... opcode) {
        int prefix = 0x40 | (wide ? 8 : 0) | register >> 3 << 2 | base >> 3;
        if (prefix != 0x40) {
            bytes(prefix);
        }
        bytes(opcode);
        boolean near = offset == (byte) offset;
        bytes((near ? 0x40 : 0x80) | (register & 7) << 3 | base & 7);
        if ((base & 7) == RSP) {
            bytes(0x24);
        }
        if (near) {
            bytes(offset);
        } else {
            immediate(offset);
        }
    }

    private void reference(String label) {
        references.add(new Reference(code.size(), label));
        immediate(0);
    }

    private void immediate(int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            code.write(value >> 8 * i);
        }
    }
}
