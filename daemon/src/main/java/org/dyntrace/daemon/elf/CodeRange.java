package org.dyntrace.daemon.elf;

/**
 * A run of code as the file holds it.
 *
 * @param address where it begins, in the file's addresses
 * @param bytes the code, not to be changed
 */
public record CodeRange(long address, byte[] bytes) {
    /** {@return the address after its last byte} */
    public long end() {
        return address + bytes.length;
    }

    /** {@return whether the address lies in it} */
    public boolean contains(long place) {
        return place >= address && place < end();
    }
}
