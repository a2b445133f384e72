package org.dyntrace.daemon.patch;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * Recognises, among the words of a stack, the frames of signal handlers: the address that the handler returns to, and above it what the
 * signal interrupted. That address alone is also in each struct sigaction, which programs leave on their stacks.
 */
final class SignalReturns {
    /** From such a word to the stack pointer of what was interrupted: struct rt_sigframe, words. */
    static final int RSP = 21;

    /** From such a word to its instruction pointer, words. */
    static final int RIP = 22;

    /** As far as such a frame is looked at, words. */
    static final int WORDS = 25;

    private static final int UC_FLAGS = 1;
    private static final int UC_LINK = 2;
    private static final int UC_FLAGS_KNOWN = 7;

    /** Holds the code segment in its lowest 16 bits; that of 64-bit programs is always the same. */
    private static final int SEGMENTS = 24;

    private static final int USER_CS = 0x33;

    /** mov rax, 15; syscall, and the same with eax. */
    private static final List<byte[]> CODE = List.of(
            new byte[] {0x48, (byte) 0xc7, (byte) 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05},
            new byte[] {(byte) 0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05});

    private final ProcessMemory memory;
    private final Maps maps;
    private final Map<Long, Boolean> known = new HashMap<>();

    SignalReturns(ProcessMemory memory, Maps maps) {
        this.memory = memory;
        this.maps = maps;
    }

    /** {@return whether a frame as the kernel makes it begins at a word} */
    boolean isFrame(long[] words, int at) {
        return isReturn(words[at])
                && at + WORDS <= words.length
                && (words[at + UC_FLAGS] & ~UC_FLAGS_KNOWN) == 0
                && words[at + UC_LINK] == 0
                && (words[at + SEGMENTS] & 0xffff) == USER_CS;
    }

    private boolean isReturn(long word) {
        // Cheap first: small numbers, kernel addresses and non-canonical ones are most of what lies on stacks.
        if (word < 4096 || word >>> 47 != 0) {
            return false;
        }
        return known.computeIfAbsent(word, at -> {
            byte[] code = new byte[9];
            return maps.at(at).filter(Mapping::executable).isPresent()
                    && memory.tryRead(at, code)
                    && CODE.stream().anyMatch(one -> Arrays.equals(one, 0, one.length, code, 0, one.length));
        });
    }
}
