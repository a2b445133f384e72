package org.dyntrace.daemon.inject;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * The memory that the {@link Stub} maps for itself, and unmaps at its end: how far it is, the saved vector
 * state, and a stack.
 *
 * @param memory the target's
 * @param address where it is
 */
record WorkRegion(ProcessMemory memory, long address) {
    static final int PROGRESS = 0x00;
    static final int HANDLE = 0x08;
    static final int ERROR_TEXT = 0x10;
    static final int START_FUNCTION = 0x18;
    static final int START_RESULT = 0x20;
    static final int ERRNO = 0x24;
    static final int ERRNO_ADDRESS = 0x28;
    static final int CANCEL_STATE = 0x30;
    static final int DESCRIPTOR = 0x34;
    static final int MXCSR = 0x38;
    static final int PATH = 0x80;

    /** As much as XSAVE needs on any x86-64 so far, tiles included, is 11 KiB. */
    static final int VECTOR_STATE = 0x1000;

    static final int STACK_TOP = 0x18000;
    static final int SIZE = 0x18000;

    /** How far the stub has come, in order. */
    enum Progress {
        /** The region isn't there, or the stub has just begun. */
        BEGUN,
        /** Registers are saved; malloc is being tried. */
        TRYING_MALLOC,
        /** malloc works; the loader's lock is being tried. */
        TRYING_LOADER,
        /** No lock is in the way; from here on the stub goes to its end. */
        LOADING
    }

    /** {@return how far the stub has come, or null while or since the region isn't there} */
    Progress progress() {
        byte[] bytes = new byte[1];
        return memory.tryRead(address + PROGRESS, bytes) ? Progress.values()[bytes[0]] : null;
    }

    /** Tells the path that the library is to be loaded from. */
    void path(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        memory.write(address + PATH, Arrays.copyOf(bytes, bytes.length + 1));
    }
}
