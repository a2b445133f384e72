package org.dyntrace.daemon.elf;

/** A line of the section header table. */
record Section(String name, int type, long flags, long address, long offset, long size, int link, int info) {
    static final int SYMBOLS = 2;
    static final int RELOCATIONS = 4;
    static final int DYNAMIC = 6;
    static final int NOTE = 7;
    static final int NO_BITS = 8;
    static final int DYNAMIC_SYMBOLS = 11;
    static final int RELATIVE_RELOCATIONS = 19;
    static final int VERSION_DEFINITIONS = 0x6ffffffd;
    static final int VERSIONS = 0x6fffffff;

    private static final long LOADED = 2;
    private static final long EXECUTABLE = 4;
    private static final long COMPRESSED = 0x800;

    boolean loaded() {
        return (flags & LOADED) != 0;
    }

    boolean executable() {
        return (flags & EXECUTABLE) != 0;
    }

    boolean compressed() {
        return (flags & COMPRESSED) != 0;
    }

    boolean contains(long address) {
        return address >= this.address && address - this.address < size;
    }
}
