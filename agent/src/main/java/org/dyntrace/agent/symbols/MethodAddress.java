package org.dyntrace.agent.symbols;

/**
 * The stable 64-bit id of a Java method, where a native function has its address: 0x4A, 24 bits for the class, 16 bits for
 * the method's rank among those that the class declares (by name, then descriptor), 16 bits for the bytecode index.
 */
public final class MethodAddress {
    private static final long TOP = 0x4AL << 56;

    private MethodAddress() {}

    /**
     * Makes an address.
     *
     * @param classNumber number of the class, below 2^24
     * @param rank of the method, below 2^16
     * @return the address of the method's beginning
     */
    public static long of(int classNumber, int rank) {
        return TOP | (long) classNumber << 32 | (long) rank << 16;
    }

    /**
     * Takes an address apart.
     *
     * @param address of a method
     * @return the number of its class
     */
    public static int classNumber(long address) {
        return (int) (address >>> 32) & 0xffffff;
    }

    /** {@return the rank of the method} */
    static int rank(long address) {
        return (int) (address >>> 16) & 0xffff;
    }

    /** {@return whether it is the beginning of a method} */
    static boolean isBeginning(long address) {
        return address >>> 56 == TOP >>> 56 && (address & 0xffff) == 0;
    }
}
