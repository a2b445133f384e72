package org.dyntrace.jfrbridge.event;

/**
 * Where a tracepoint is.
 *
 * @param tracepoint its name; empty if the recording does not tell it
 * @param symbol the function or method; empty if unknown
 * @param module the file or Java module that it belongs to; empty if unknown
 * @param address the insertion address, or the id of a Java method
 */
public record Place(String tracepoint, String symbol, String module, long address) {
    /** {@return whether it is a method of Java, by its address: see DESIGN, contracts} */
    public boolean isJava() {
        return isJava(address);
    }

    /**
     * {@return whether this address is a Java method's id}
     *
     * @param address an insertion address
     */
    public static boolean isJava(long address) {
        return address >>> 56 == 0x4a;
    }

    /** {@return it in words: {@code malloc@libc.so.6}, or the address where no name is known} */
    public String words() {
        return symbol.isEmpty()
                ? "0x" + Long.toHexString(address)
                : isJava() || module.isEmpty() ? symbol : symbol + "@" + module;
    }
}
