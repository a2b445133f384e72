package org.dyntrace.daemon.proc;

import java.util.function.LongUnaryOperator;
import org.dyntrace.mbeans.Failure;

/** A thread while its whole process stands still; of use only inside the {@link StoppedAction} that got it. */
public final class StoppedThread {
    private final TracedThread traced;
    private final ProcessMemory memory;
    private Registers registers;

    StoppedThread(TracedThread traced, ProcessMemory memory) {
        this.traced = traced;
        this.memory = memory;
    }

    /** {@return its thread id} */
    public int tid() {
        return traced.tid();
    }

    /**
     * {@return a copy of its registers}
     *
     * @throws Failure PROCESS_GONE when it was killed meanwhile
     */
    public Registers registers() {
        if (registers == null) {
            registers = traced.registers();
        }
        return registers.copy();
    }

    /**
     * Sets all its registers. To move its program counter take {@link #moveTo}, which knows about system calls.
     *
     * @param changed the registers
     * @throws Failure PROCESS_GONE when it was killed meanwhile
     */
    public void setRegisters(Registers changed) {
        traced.setRegisters(changed);
        registers = changed.copy();
    }

    /**
     * The address of the instruction that it executes next. In a system call that the kernel is going to make again, that is the
     * call itself, though rip points behind it.
     *
     * @return the address
     */
    public long pc() {
        return SyscallRestart.resumePc(registers());
    }

    /**
     * Lets it go on with a copy of its next instruction that lies elsewhere.
     *
     * <p>In a system call that is going to be made again, the copy must have the same system call instruction: whether the call is
     * made again or ends with EINTR is still the kernel's to decide, since a handler may run first, so rip is set behind it.
     *
     * @param newPc where the copy of the instruction at {@link #pc} lies
     */
    public void moveTo(long newPc) {
        Registers changed = registers();
        changed.rip(newPc + changed.rip() - SyscallRestart.resumePc(changed));
        setRegisters(changed);
    }

    /**
     * Moves it out of bytes that are about to be replaced, when it stands inside of them. Their first byte is not inside: an
     * instruction begins there afterwards too.
     *
     * @param start the first byte to be replaced
     * @param end the byte after the last one
     * @param copyOf the address of the copy of an instruction, or 0 when there is none
     * @return false when it stands inside, but there is no copy; it isn't moved then
     */
    public boolean relocate(long start, long end, LongUnaryOperator copyOf) {
        Registers now = registers();
        long pc = SyscallRestart.resumePc(now);
        long after = now.rip();
        // A call that is to be made again counts with its end too: a handler may make it return EINTR instead.
        boolean inside = pc > start && pc < end || after > start && after < end && pc >= start;
        if (!inside) {
            return true;
        }
        long copy = copyOf.applyAsLong(pc);
        if (copy == 0) {
            return false;
        }
        moveTo(copy);
        return true;
    }

    /**
     * Reads its stack.
     *
     * @param most how many bytes at the most, upwards from the stack pointer
     * @return the 64-bit words there, the one at the stack pointer first; fewer where the stack ends
     */
    public long[] stack(int most) {
        return stack(registers().rsp(), most);
    }

    /**
     * Reads another stack of it.
     *
     * @param from the address to begin at
     * @param most how many bytes at the most, upwards from there
     * @return the 64-bit words there; fewer where the stack ends
     */
    public long[] stack(long from, int most) {
        for (int size = most & -Long.BYTES; size > 0; size /= 2) {
            byte[] bytes = new byte[size & -Long.BYTES];
            if (memory.tryRead(from, bytes)) {
                long[] words = new long[bytes.length / Long.BYTES];
                java.nio.ByteBuffer.wrap(bytes)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .asLongBuffer()
                        .get(words);
                return words;
            }
        }
        return new long[0];
    }
}
