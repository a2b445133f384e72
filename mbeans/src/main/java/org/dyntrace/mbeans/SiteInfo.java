package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** One place of a tracepoint. */
public final class SiteInfo {
    /** The state of a place that has its tracepoint. */
    public static final String PLACED = "placed";

    /** The state of a place in a module that the process has not loaded. */
    public static final String WAITING = "waiting";

    /** The state of a place that will have its tracepoint again when that is enabled. */
    public static final String DISABLED = "disabled";

    private final long address;
    private final String symbol;
    private final String module;
    private final String state;
    private final String reason;

    /**
     * A place.
     *
     * @param address the insertion address
     * @param symbol the function, with +0xOFFSET if it is not the function's beginning
     * @param module the file name of its module
     * @param state {@link #PLACED}, {@link #WAITING}, {@link #DISABLED}, or the name of the {@link Reason} why not
     * @param reason one sentence why not, or empty
     */
    @ConstructorProperties({"address", "symbol", "module", "state", "reason"})
    public SiteInfo(long address, String symbol, String module, String state, String reason) {
        this.address = address;
        this.symbol = symbol;
        this.module = module;
        this.state = state;
        this.reason = reason;
    }

    /** {@return the insertion address} */
    public long getAddress() {
        return address;
    }

    /** {@return the function, with +0xOFFSET if it is not the function's beginning} */
    public String getSymbol() {
        return symbol;
    }

    /** {@return the file name of its module} */
    public String getModule() {
        return module;
    }

    /** {@return "placed", "waiting", "disabled", or the name of the reason why not} */
    public String getState() {
        return state;
    }

    /** {@return one sentence why not, or empty} */
    public String getReason() {
        return reason;
    }
}
