package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** A function of a process. */
public final class SymbolInfo {
    private final String name;
    private final String linkName;
    private final String module;
    private final long address;
    private final long size;

    /**
     * A function.
     *
     * @param name its name for people: demangled, with @VERSION if that is not the default one
     * @param linkName its name in the symbol table
     * @param module the file name of its module
     * @param address where it begins in the process
     * @param size its length in bytes, 0 if not known
     */
    @ConstructorProperties({"name", "linkName", "module", "address", "size"})
    public SymbolInfo(String name, String linkName, String module, long address, long size) {
        this.name = name;
        this.linkName = linkName;
        this.module = module;
        this.address = address;
        this.size = size;
    }

    /** {@return its name for people} */
    public String getName() {
        return name;
    }

    /** {@return its name in the symbol table} */
    public String getLinkName() {
        return linkName;
    }

    /** {@return the file name of its module} */
    public String getModule() {
        return module;
    }

    /** {@return where it begins in the process} */
    public long getAddress() {
        return address;
    }

    /** {@return its length in bytes, 0 if not known} */
    public long getSize() {
        return size;
    }
}
