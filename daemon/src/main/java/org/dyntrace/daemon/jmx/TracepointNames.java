package org.dyntrace.daemon.jmx;

import java.util.Collection;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** The names that a process's tracepoints have or get; one after the other, never the same again soon. */
final class TracepointNames {
    private final int pid;
    private int next;

    TracepointNames(int pid) {
        this.pid = pid;
    }

    /** These are there already, placed by an earlier daemon: names that were given by themselves go on behind them. */
    synchronized void seen(Collection<String> names) {
        for (String name : names) {
            if (name.matches("tp-[0-9]{1,8}")) {
                next = Math.max(next, Integer.parseInt(name.substring(3)) + 1);
            }
        }
    }

    /** {@return the name that was asked for, or a new one for an empty text, to be told to {@link #seen} once it is used} */
    synchronized String choose(String wanted, Collection<String> taken) {
        if (wanted.isEmpty()) {
            int free = next;
            while (taken.contains("tp-" + free)) {
                free++;
            }
            return "tp-" + free;
        }
        if (wanted.length() > 200 || !wanted.matches("[^\\s:\\p{Cntrl}]+")) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + wanted + "' is no name for a tracepoint.",
                    "Use up to 200 characters without blanks and colons.");
        }
        if (taken.contains(wanted)) {
            throw new Failure(
                    Reason.NAME_TAKEN,
                    "Process " + pid + " has a tracepoint '" + wanted + "' already.",
                    "Choose another name, or remove that one first.");
        }
        return wanted;
    }
}
