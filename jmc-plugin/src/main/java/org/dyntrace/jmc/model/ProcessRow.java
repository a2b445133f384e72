package org.dyntrace.jmc.model;

import java.util.Locale;
import org.dyntrace.mbeans.ProcessInfo;

/**
 * A process of the daemon's machine.
 *
 * @param info what the daemon says of it
 * @param attached whether it holds an agent
 */
public record ProcessRow(ProcessInfo info, boolean attached) {
    private static final String JVM = "jvm";

    /** {@return its pid} */
    public long pid() {
        return info.getPid();
    }

    /** {@return whether it is a JVM} */
    public boolean isJvm() {
        return JVM.equals(info.getKind());
    }

    /**
     * Whether a filter shows it.
     *
     * @param filter a part of its pid, name, owner or command line, in any case; empty for all
     * @return whether one of them holds that
     */
    public boolean matches(String filter) {
        String wanted = filter.strip().toLowerCase(Locale.ROOT);
        String all = info.getPid() + "\n" + info.getName() + "\n" + info.getOwner() + "\n" + info.getCommand();
        return all.toLowerCase(Locale.ROOT).contains(wanted);
    }
}
