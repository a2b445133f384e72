package org.dyntrace.jmc.model;

import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.SymbolInfo;

/** How a function that somebody has chosen from a list is said to the daemon. */
public final class FunctionLocation {
    /** The top byte of what Java methods have for an address. */
    private static final long JAVA = 0x4a;

    private FunctionLocation() {}

    /**
     * A location for a function.
     *
     * @param function as the daemon lists it
     * @return {@code name@module}, or {@code package.Class.method(types)}, which people can read and which are saved; its address where these would
     *     say something else
     */
    public static String of(SymbolInfo function) {
        String named = function.getAddress() >>> 56 == JAVA
                ? function.getName()
                : function.getName() + "@" + function.getModule();
        return says(named, function) ? named : "0x" + Long.toHexString(function.getAddress());
    }

    private static boolean says(String text, SymbolInfo function) {
        if (function.getName().indexOf('@') >= 0) {
            // A version, behind which there is no place for a module.
            return false;
        }
        Location read;
        try {
            read = Location.parse(text);
        } catch (Failure notReadable) {
            return false;
        }
        if (read instanceof Location.Symbol symbol) {
            return symbol.name().equals(function.getName())
                    && symbol.at().equals(function.getModule())
                    && symbol.offset() == 0;
        }
        return read instanceof Location.JavaMethod method
                && method.parameters().isPresent()
                && method.toString().equals(text);
    }
}
