package org.dyntrace.daemon.elf;

import java.util.List;

/** Makes C++ names readable. */
@FunctionalInterface
public interface Demangler {
    /**
     * Makes names readable.
     *
     * @param linkNames names as symbol tables have them
     * @return for each the readable one, with parameters; or an empty text when it is no C++ name
     */
    List<String> demangle(List<String> linkNames);
}
