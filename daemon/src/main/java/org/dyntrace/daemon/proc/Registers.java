package org.dyntrace.daemon.proc;

/**
 * The general registers of a stopped thread, laid out as the kernel's user_regs_struct for x86-64. Changing them changes this
 * copy alone.
 */
public final class Registers {
    /** How many 64-bit words the kernel's structure has. */
    static final int WORDS = 27;

    private static final int RBP = 4;
    private static final int RBX = 5;
    private static final int RAX = 10;
    private static final int ORIG_RAX = 15;
    private static final int RIP = 16;
    private static final int FLAGS = 18;
    private static final int RSP = 19;
    private static final int FS_BASE = 21;

    private final long[] words;

    Registers(long[] words) {
        this.words = words;
    }

    /** {@return registers that are all 0} */
    public static Registers blank() {
        return new Registers(new long[WORDS]);
    }

    /** {@return a copy that changes on its own} */
    public Registers copy() {
        return new Registers(words.clone());
    }

    long[] words() {
        return words;
    }

    /**
     * A general register by its number in instructions.
     *
     * @param number 0 rax, 1 rcx, 2 rdx, 3 rbx, 4 rsp, 5 rbp, 6 rsi, 7 rdi, 8 to 15 r8 to r15
     * @return its value
     */
    public long general(int number) {
        return words[index(number)];
    }

    /**
     * Sets a general register by its number in instructions.
     *
     * @param number as for {@link #general}
     * @param value its new value
     */
    public void general(int number, long value) {
        words[index(number)] = value;
    }

    /** {@return the address of the next instruction; inside a system call, the address behind the call} */
    public long rip() {
        return words[RIP];
    }

    /** Sets the address of the next instruction. */
    public void rip(long value) {
        words[RIP] = value;
    }

    /** {@return the stack pointer} */
    public long rsp() {
        return words[RSP];
    }

    /** Sets the stack pointer. */
    public void rsp(long value) {
        words[RSP] = value;
    }

    /** {@return the frame pointer, where the program keeps one} */
    public long rbp() {
        return words[RBP];
    }

    /** {@return rbx} */
    public long rbx() {
        return words[RBX];
    }

    /** {@return rax: at the end of a system call its result, an error as -errno} */
    public long rax() {
        return words[RAX];
    }

    /** Sets rax. */
    public void rax(long value) {
        words[RAX] = value;
    }

    /** {@return the number of the system call that the thread is in, or -1} */
    public long origRax() {
        return words[ORIG_RAX];
    }

    /** Sets the number of the system call; -1 keeps the kernel from restarting one. */
    public void origRax(long value) {
        words[ORIG_RAX] = value;
    }

    /** {@return the flags} */
    public long flags() {
        return words[FLAGS];
    }

    /** Sets the flags. */
    public void flags(long value) {
        words[FLAGS] = value;
    }

    /** {@return the thread pointer; 0 for a thread without thread-local storage} */
    public long fsBase() {
        return words[FS_BASE];
    }

    private static int index(int number) {
        return switch (number) {
            case 0 -> RAX;
            case 1 -> 11;
            case 2 -> 12;
            case 3 -> RBX;
            case 4 -> RSP;
            case 5 -> RBP;
            case 6 -> 13;
            case 7 -> 14;
            case 8 -> 9;
            case 9 -> 8;
            case 10 -> 7;
            case 11 -> 6;
            case 12 -> 3;
            case 13 -> 2;
            case 14 -> 1;
            case 15 -> 0;
            default -> throw new IllegalArgumentException("no register " + number);
        };
    }
}
