package org.dyntrace.daemon.code;

/** What an instruction does to the flow of control. Mirrors enum codec_kind of codec.h, in its order. */
public enum Kind {
    /** Not an instruction; its length is 1. */
    BAD,
    /** Goes on with the next one. */
    OTHER,
    /** A conditional jump. */
    JCC,
    /** A jump to a fixed place. */
    JMP,
    /** A call of a fixed place. */
    CALL,
    /** A jump through a register or memory. */
    INDIRECT_JMP,
    /** A call through a register or memory. */
    INDIRECT_CALL,
    /** A return of any kind. */
    RET,
    /** loop, loope, loopne, jrcxz, jecxz. */
    LOOP,
    /** Enters the kernel. */
    SYSCALL,
    /** A breakpoint. */
    INT3,
    /** Does nothing. */
    NOP,
    /** Marks where an indirect branch may lead. */
    ENDBR,
    /** Always faults. */
    TRAP,
    /** Begins a transaction; its target is the abort handler. */
    XBEGIN;

    private static final Kind[] ALL = values();

    static Kind of(int number) {
        return ALL[number];
    }

    /** {@return whether it has a fixed place to go to} */
    boolean direct() {
        return this == JCC || this == JMP || this == CALL || this == LOOP || this == XBEGIN;
    }

    boolean call() {
        return this == CALL || this == INDIRECT_CALL;
    }

    /** {@return whether the next instruction is never what comes next} */
    boolean endsFlow() {
        return this == JMP || this == INDIRECT_JMP || this == RET || this == TRAP;
    }
}
