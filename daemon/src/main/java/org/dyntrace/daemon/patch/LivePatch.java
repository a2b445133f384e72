package org.dyntrace.daemon.patch;

import java.util.List;

/**
 * Code that is ours now.
 *
 * @param address where it begins in the process
 * @param bytes what we have written there, a jump at its beginning
 * @param tracepoints the names of the tracepoints that it leads to
 */
public record LivePatch(long address, byte[] bytes, List<String> tracepoints) {
    /** {@return the address behind it} */
    public long end() {
        return address + bytes.length;
    }
}
