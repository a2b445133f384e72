package org.dyntrace.daemon.code;

/**
 * Instructions moved to another place.
 *
 * @param bytes what to put there: the instructions, then a jump back to the end of the window unless they never get there
 * @param oldOffsets where the instructions began, from the beginning of the window, ascending; with a jump back, the offset of
 *     their end is the last
 * @param newOffsets where each of them begins in {@code bytes}; with a jump back, its offset is the last
 */
public record Relocated(byte[] bytes, int[] oldOffsets, int[] newOffsets) {
    /** What padding becomes. */
    public static final Relocated NOTHING = new Relocated(new byte[0], new int[0], new int[0]);

    /**
     * {@return where in {@code bytes} a thread goes on that was about to execute the instruction at this offset of the window; -1 if
     * no instruction begins there}
     */
    public int newOffset(int oldOffset) {
        for (int i = 0; i < oldOffsets.length; i++) {
            if (oldOffsets[i] == oldOffset) {
                return newOffsets[i];
            }
        }
        return -1;
    }

    /**
     * {@return the offset in the window of the instruction whose moved form begins at this offset of {@code bytes}; -1 if none
     * does}
     */
    public int oldOffset(int newOffset) {
        for (int i = 0; i < newOffsets.length; i++) {
            if (newOffsets[i] == newOffset) {
                return oldOffsets[i];
            }
        }
        return -1;
    }
}
