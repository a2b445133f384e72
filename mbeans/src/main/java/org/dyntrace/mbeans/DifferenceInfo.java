package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.List;

/** A run of bytes of a process's code that are not as in the file that they come from. */
public final class DifferenceInfo {
    /** {@link #getOwner} of what dyntrace changed. */
    public static final String DYNTRACE = "dyntrace";

    /** {@link #getOwner} of what someone else changed: a debugger, another tracer, the program itself. */
    public static final String FOREIGN = "foreign";

    private final long address;
    private final String module;
    private final String symbol;
    private final long length;
    private final String inFile;
    private final String inMemory;
    private final String owner;
    private final List<String> tracepoints;
    private final String note;

    /**
     * A difference.
     *
     * @param address where it begins in the process
     * @param module the file name of the module
     * @param symbol the function, with +0xOFFSET behind its beginning; empty if not known
     * @param length how many bytes, &gt; 0
     * @param inFile the first of the file's bytes in hex, 16 at the most
     * @param inMemory the first of the process's bytes in hex, as many
     * @param owner {@link #DYNTRACE} or {@link #FOREIGN}
     * @param tracepoints for dyntrace's: the names of its tracepoints there
     * @param note what else can be said, or empty
     */
    @ConstructorProperties({
        "address",
        "module",
        "symbol",
        "length",
        "inFile",
        "inMemory",
        "owner",
        "tracepoints",
        "note"
    })
    public DifferenceInfo(
            long address,
            String module,
            String symbol,
            long length,
            String inFile,
            String inMemory,
            String owner,
            List<String> tracepoints,
            String note) {
        this.address = address;
        this.module = module;
        this.symbol = symbol;
        this.length = length;
        this.inFile = inFile;
        this.inMemory = inMemory;
        this.owner = owner;
        this.tracepoints = List.copyOf(tracepoints);
        this.note = note;
    }

    /** {@return where it begins in the process} */
    public long getAddress() {
        return address;
    }

    /** {@return the file name of the module} */
    public String getModule() {
        return module;
    }

    /** {@return the function, with +0xOFFSET behind its beginning; empty if not known} */
    public String getSymbol() {
        return symbol;
    }

    /** {@return how many bytes} */
    public long getLength() {
        return length;
    }

    /** {@return the first of the file's bytes in hex, 16 at the most} */
    public String getInFile() {
        return inFile;
    }

    /** {@return the first of the process's bytes in hex, 16 at the most} */
    public String getInMemory() {
        return inMemory;
    }

    /** {@return {@link #DYNTRACE} or {@link #FOREIGN}} */
    public String getOwner() {
        return owner;
    }

    /** {@return for dyntrace's: the names of its tracepoints there} */
    public List<String> getTracepoints() {
        return tracepoints;
    }

    /** {@return what else can be said, or empty} */
    public String getNote() {
        return note;
    }
}
