package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.Map;

/** How many functions of a module can have a tracepoint, and why the others can't. */
public final class LedgerInfo {
    private final String module;
    private final int functions;
    private final int possible;
    private final Map<String, Integer> refused;

    /**
     * The ledger of one module.
     *
     * @param module its file name
     * @param functions how many functions it has, by its symbols and its unwind table, with and without name
     * @param possible how many of them can have a tracepoint
     * @param refused how many can't, by the name of the {@link Reason}
     */
    @ConstructorProperties({"module", "functions", "possible", "refused"})
    public LedgerInfo(String module, int functions, int possible, Map<String, Integer> refused) {
        this.module = module;
        this.functions = functions;
        this.possible = possible;
        this.refused = Map.copyOf(refused);
    }

    /** {@return its file name} */
    public String getModule() {
        return module;
    }

    /** {@return how many functions it has, by its symbols and its unwind table, with and without name} */
    public int getFunctions() {
        return functions;
    }

    /** {@return how many of them can have a tracepoint} */
    public int getPossible() {
        return possible;
    }

    /** {@return how many can't, by the name of the {@link Reason}} */
    public Map<String, Integer> getRefused() {
        return refused;
    }
}
