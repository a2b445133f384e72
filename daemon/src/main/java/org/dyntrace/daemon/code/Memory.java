package org.dyntrace.daemon.code;

/** Reads the memory of one process. */
@FunctionalInterface
public interface Memory {
    /**
     * Reads exactly as many bytes as fit.
     *
     * @param address where they begin
     * @param into what to fill
     * @throws org.dyntrace.mbeans.Failure when they can't be read
     */
    void read(long address, byte[] into);
}
