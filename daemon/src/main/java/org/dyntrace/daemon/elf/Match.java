package org.dyntrace.daemon.elf;

import java.util.Optional;
import org.dyntrace.mbeans.Failure;

/**
 * A place that a location stands for.
 *
 * @param module the module that holds it
 * @param symbol the function that it was found by, or that it lies in
 * @param address where it is in the process
 * @param offset how far behind the function's beginning
 * @param problem why the place is not the one that was meant: the implementation of an IFUNC couldn't be had
 */
public record Match(Module module, Optional<Symbol> symbol, long address, long offset, Optional<Failure> problem) {
    /** {@return the function's name for people, with +0xOFFSET behind its beginning; or the address} */
    public String name() {
        if (symbol.isEmpty()) {
            return "0x" + Long.toHexString(address);
        }
        String name = symbol.get().displayName();
        return offset == 0 ? name : name + "+0x" + Long.toHexString(offset);
    }
}
