package org.dyntrace.daemon.code;

import java.util.Arrays;

/**
 * Bytes that a jump replaces.
 *
 * @param start where they begin: in the file's addresses while it is looked for, in the process's in a {@link SitePlan}
 * @param bytes the bytes
 * @param codeLength how many of them are instructions to be moved; what follows is padding
 * @param boundaries offsets of the instructions, ascending, the first is 0; none if all of it is padding
 */
public record Window(long start, byte[] bytes, int codeLength, int[] boundaries) {
    /** {@return the address behind the last byte} */
    public long end() {
        return start + bytes.length;
    }

    /** {@return how many bytes are replaced} */
    public int length() {
        return bytes.length;
    }

    /** {@return whether it begins where another does, with the same bytes as far as both go} */
    public boolean beginsAs(Window other) {
        int both = Math.min(length(), other.length());
        return start == other.start && Arrays.equals(bytes, 0, both, other.bytes, 0, both);
    }

    Window at(long address) {
        return new Window(address, bytes, codeLength, boundaries);
    }
}
