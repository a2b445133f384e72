package org.dyntrace.daemon.elf;

/** A line of the program header table. */
record Segment(int type, int flags, long offset, long address, long fileSize, long memorySize) {
    private static final int LOAD = 1;
    private static final int EXECUTABLE = 1;
    private static final int WRITABLE = 2;

    boolean load() {
        return type == LOAD;
    }

    boolean writable() {
        return (flags & WRITABLE) != 0;
    }

    boolean executable() {
        return (flags & EXECUTABLE) != 0;
    }
}
