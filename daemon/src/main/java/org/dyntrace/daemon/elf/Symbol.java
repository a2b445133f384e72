package org.dyntrace.daemon.elf;

/**
 * A function of a file.
 *
 * @param linkName its name in the symbol table, without version
 * @param name its name for people: demangled if it is a C++ or Rust name
 * @param version its version, or an empty text
 * @param defaultVersion whether that is the version that programs linked now would get; true when it has none
 * @param value where it begins, in the file's addresses
 * @param size its length in bytes; up to the next function when the symbol table doesn't say, 0 if that isn't known either
 * @param ifunc whether the code there is not the function, but chooses the function when the program is loaded
 */
public record Symbol(
        String linkName, String name, String version, boolean defaultVersion, long value, long size, boolean ifunc) {
    /** {@return its name for people, with @VERSION if that is not the default one} */
    public String displayName() {
        return defaultVersion ? name : name + "@" + version;
    }
}
