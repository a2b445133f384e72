package org.dyntrace.daemon.inject;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Registers;

/** What a thread's stack tells of code that it will come back to. */
final class CodeReferences {
    /** What signal handlers return to: mov $15, %rax; syscall. */
    private static final byte[] SIGNAL_RETURN = {0x48, (byte) 0xc7, (byte) 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};

    /** Where a signal frame keeps the interrupted program counter, counted from the return address. */
    private static final int INTERRUPTED_PC_WORDS = 1 + (5 + 16);

    private static final int SIGNAL_SCAN = 16 << 10;
    private static final int CALLER_SCAN = 1 << 10;
    private static final int PIECE = 1 << 10;

    /** By the library's file: where in it SIGNAL_RETURN is, relative to its first page; -1 for nowhere. */
    private static final Map<String, Long> SIGNAL_RETURN_OFFSETS = new ConcurrentHashMap<>();

    private final ProcessMemory memory;
    private final TargetModules modules;
    private final long signalReturn;

    CodeReferences(ProcessMemory memory, TargetModules modules) {
        this.memory = memory;
        this.modules = modules;
        long base = modules.libc().base();
        Mapping head = modules.maps().at(base).orElseThrow();
        long offset = SIGNAL_RETURN_OFFSETS.computeIfAbsent(
                head.device() + " " + head.inode() + " " + head.path() + " " + head.deleted(), file -> find(base));
        signalReturn = offset < 0 ? 0 : base + offset;
    }

    private long find(long base) {
        Optional<ElfImage.Segment> text = modules.libc().segments().stream()
                .filter(ElfImage.Segment::executable)
                .findFirst();
        if (text.isEmpty()) {
            return -1;
        }
        long start = text.get().start();
        byte[] code = memory.read(start, (int) (text.get().fileEnd() - start));
        for (int at = 0; at + SIGNAL_RETURN.length <= code.length; at++) {
            if (java.util.Arrays.equals(code, at, at + SIGNAL_RETURN.length, SIGNAL_RETURN, 0, SIGNAL_RETURN.length)) {
                return start + at - base;
            }
        }
        return -1;
    }

    /** {@return whether the thread runs a signal handler that interrupted the C library, the loader or an allocator} */
    boolean handlerOverDelicateCode(Registers registers) {
        if (signalReturn == 0) {
            return false;
        }
        long[] words = stack(registers.rsp(), SIGNAL_SCAN);
        for (int i = 0; i + INTERRUPTED_PC_WORDS < words.length; i++) {
            if (words[i] == signalReturn && modules.isDelicate(words[i + INTERRUPTED_PC_WORDS])) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether the thread seems to have been called by the dynamic loader not long ago} */
    boolean calledByLoader(Registers registers) {
        return calledBy(registers, modules::isLoader);
    }

    /** {@return whether the thread seems to have been called by an allocator not long ago} */
    boolean calledByAllocator(Registers registers) {
        return calledBy(registers, modules::isAllocator);
    }

    private boolean calledBy(Registers registers, LongPredicate code) {
        for (long word : stack(registers.rsp(), CALLER_SCAN)) {
            if (code.test(word) && isBehindCall(word)) {
                return true;
            }
        }
        return false;
    }

    private boolean isBehindCall(long address) {
        byte[] before = new byte[7];
        if (!memory.tryRead(address - before.length, before)) {
            return false;
        }
        // call rel32, or call through a register or memory with an operand of 0 to 5 bytes.
        boolean found = before[2] == (byte) 0xe8;
        for (int length = 2; length <= 7; length++) {
            found |= before[7 - length] == (byte) 0xff && (before[8 - length] & 0x38) == 0x10;
        }
        return found;
    }

    private long[] stack(long from, int most) {
        ByteBuffer read = ByteBuffer.allocate(most);
        byte[] piece = new byte[PIECE];
        while (read.hasRemaining() && memory.tryRead(from + read.position(), piece)) {
            read.put(piece);
        }
        long[] words = new long[read.position() / Long.BYTES];
        read.flip().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return words;
    }
}
