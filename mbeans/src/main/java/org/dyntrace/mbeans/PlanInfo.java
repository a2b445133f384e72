package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** How a function would be patched for a tracepoint at its beginning, or why it can't be. */
public final class PlanInfo {
    /** {@link #getState} of a function that can have a tracepoint. */
    public static final String JUMP = "jump";

    /** {@link #getState} of a function that can have one, by a short jump to another one near by, as there is no room for a long one. */
    public static final String ISLAND = "island";

    /** {@link #getState} of a name for which the process chooses one of several functions; a tracepoint goes to that one. */
    public static final String IFUNC = "ifunc";

    private final String name;
    private final String module;
    private final long address;
    private final String state;
    private final int replacedBytes;
    private final int movedInstructions;
    private final int memoryBytes;
    private final String reason;

    /**
     * The plan for one function.
     *
     * @param name its name for people
     * @param module the file name of its module
     * @param address where it begins in the process
     * @param state {@link #JUMP}, {@link #ISLAND}, {@link #IFUNC}, or the name of the {@link Reason} why not
     * @param replacedBytes how many bytes of code a jump would replace; 0 if it can't be
     * @param movedInstructions how many instructions would be run elsewhere; 0 if it can't be
     * @param memoryBytes what it would take of the process's memory, without what the tracer takes; 0 if it can't be
     * @param reason a sentence if it can't be, else empty
     */
    @ConstructorProperties({
        "name",
        "module",
        "address",
        "state",
        "replacedBytes",
        "movedInstructions",
        "memoryBytes",
        "reason"
    })
    public PlanInfo(
            String name,
            String module,
            long address,
            String state,
            int replacedBytes,
            int movedInstructions,
            int memoryBytes,
            String reason) {
        this.name = name;
        this.module = module;
        this.address = address;
        this.state = state;
        this.replacedBytes = replacedBytes;
        this.movedInstructions = movedInstructions;
        this.memoryBytes = memoryBytes;
        this.reason = reason;
    }

    /** {@return its name for people} */
    public String getName() {
        return name;
    }

    /** {@return whether it can have a tracepoint} */
    public boolean isPossible() {
        return state.equals(JUMP) || state.equals(ISLAND);
    }

    /** {@return the file name of its module} */
    public String getModule() {
        return module;
    }

    /** {@return where it begins in the process} */
    public long getAddress() {
        return address;
    }

    /** {@return {@link #JUMP}, {@link #ISLAND}, {@link #IFUNC}, or the name of the {@link Reason} why not} */
    public String getState() {
        return state;
    }

    /** {@return how many bytes of code a jump would replace; 0 if it can't be} */
    public int getReplacedBytes() {
        return replacedBytes;
    }

    /** {@return how many instructions would be run elsewhere; 0 if it can't be} */
    public int getMovedInstructions() {
        return movedInstructions;
    }

    /** {@return what it would take of the process's memory in bytes, without what the tracer takes; 0 if it can't be} */
    public int getMemoryBytes() {
        return memoryBytes;
    }

    /** {@return a sentence if it can't be, else empty} */
    public String getReason() {
        return reason;
    }
}
