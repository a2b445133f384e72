package org.dyntrace.daemon.code;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dyntrace.daemon.elf.Module;

/**
 * How a place can be patched. The window holds a jump to the trampoline, or, where there is no room for its 5 bytes, one of 2 bytes
 * to an island near by, whose last 5 bytes jump on. If the island was code, its first 5 jump to the copy of that.
 *
 * @param module the module that holds it
 * @param address the insertion address, in the process
 * @param window the bytes that are replaced there: at the insertion address, or behind the endbr64 there; 5 or more, with an island 2
 *     or more; those behind the jump become int3
 * @param island what else is replaced: 5 bytes of padding, or 10 or more of code
 */
public record SitePlan(Module module, long address, Window window, Optional<Window> island) implements Planned {
    /** Bytes of {@code jmp rel32}. */
    static final int JUMP = 5;

    /** Bytes of {@code jmp rel8}. */
    static final int SHORT_JUMP = 2;

    private static final byte JUMP_CODE = (byte) 0xe9;
    private static final byte SHORT_JUMP_CODE = (byte) 0xeb;
    private static final byte INT3 = (byte) 0xcc;

    /** {@return where the jump goes} */
    public long patchAddress() {
        return window.start();
    }

    /** {@return the window, and the island if there is one} */
    public List<Window> windows() {
        return Stream.concat(Stream.of(window), island.stream()).toList();
    }

    /** {@return where the 5-byte jump to the trampoline is} */
    public long jumpAddress() {
        return island.map(SitePlan::jumpAddress).orElse(window.start());
    }

    private static long jumpAddress(Window island) {
        return island.end() - JUMP;
    }

    /**
     * {@return what is to be written: for each of {@link #windows} its new bytes}
     *
     * @param trampoline where the place shall lead
     * @param islandCopy where the island's instructions are, if it has any
     */
    public List<byte[]> jumps(long trampoline, long islandCopy) {
        byte[] here = filled(window);
        if (island.isEmpty()) {
            jump(here, 0, window.start(), trampoline);
            return List.of(here);
        }
        Window other = island.get();
        here[0] = SHORT_JUMP_CODE;
        here[1] = (byte) (jumpAddress(other) - (window.start() + SHORT_JUMP));
        byte[] there = filled(other);
        if (other.codeLength() > 0) {
            jump(there, 0, other.start(), islandCopy);
        }
        jump(there, there.length - JUMP, other.start(), trampoline);
        return List.of(here, there);
    }

    /**
     * {@return where the bytes that are there now lead; nothing if they are no such jumps}
     *
     * @param now for each of {@link #windows} its bytes
     */
    public Optional<Long> destination(List<byte[]> now) {
        byte[] last = now.get(now.size() - 1);
        int at = island.isPresent() ? last.length - JUMP : 0;
        if (last[at] != JUMP_CODE) {
            return Optional.empty();
        }
        byte[] first = now.get(0);
        boolean passes = island.isEmpty()
                || first[0] == SHORT_JUMP_CODE && window.start() + SHORT_JUMP + first[1] == jumpAddress();
        int distance = ByteBuffer.wrap(last).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 1);
        return passes ? Optional.of(jumpAddress() + JUMP + distance) : Optional.empty();
    }

    private static byte[] filled(Window window) {
        byte[] bytes = new byte[window.length()];
        Arrays.fill(bytes, INT3);
        return bytes;
    }

    private static void jump(byte[] bytes, int at, long address, long to) {
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(at, JUMP_CODE)
                .putInt(at + 1, Math.toIntExact(to - (address + at + JUMP)));
    }
}
