package org.dyntrace.cli;

/** How addresses are written everywhere. */
final class Hex {
    private Hex() {}

    static String of(long address) {
        return "0x" + Long.toHexString(address);
    }
}
