package org.dyntrace.daemon.verify;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.dyntrace.mbeans.DifferenceInfo;

/**
 * A run of bytes that are not as in the file.
 *
 * @param start its address in the process
 * @param end the address behind it
 * @param inFile the first of the file's bytes
 * @param inMemory the first of the process's bytes
 * @param owner whose it is, as {@link DifferenceInfo} says
 * @param tracepoints of ours there
 * @param note what else can be said, or empty
 */
record Run(long start, long end, byte[] inFile, byte[] inMemory, String owner, List<String> tracepoints, String note) {
    private static final int SHOWN = 16;

    /** Cuts a run out of what was compared. */
    static Run of(
            long base,
            int from,
            int to,
            byte[] inFile,
            byte[] inMemory,
            String owner,
            List<String> tracepoints,
            String note) {
        int shown = Math.min(to, from + SHOWN);
        return new Run(
                base + from,
                base + to,
                Arrays.copyOfRange(inFile, from, shown),
                Arrays.copyOfRange(inMemory, from, shown),
                owner,
                tracepoints,
                note);
    }

    boolean foreign() {
        return owner.equals(DifferenceInfo.FOREIGN);
    }

    DifferenceInfo info(String module, String symbol) {
        HexFormat hex = HexFormat.of();
        return new DifferenceInfo(
                start,
                module,
                symbol,
                end - start,
                hex.formatHex(inFile),
                hex.formatHex(inMemory),
                owner,
                tracepoints,
                note);
    }
}
