package org.dyntrace.cli;

/** Which outputs a person looks at. The launcher tells, since Java can't ask for stdout and stderr apart. */
final class Terminal {
    /** Whether stderr is a terminal. */
    static final boolean ERR = Boolean.getBoolean("dyntrace.terminal.stderr");

    /** Whether stderr may be coloured. */
    static final boolean COLOURED_ERR = ERR && wanted();

    /** Whether stdout may be coloured. */
    static final boolean COLOURED_OUT = Boolean.getBoolean("dyntrace.terminal.stdout") && wanted();

    /** Whether stdout is a terminal on which something can be drawn over. */
    static final boolean REDRAWN =
            Boolean.getBoolean("dyntrace.terminal.stdout") && !"dumb".equals(System.getenv("TERM"));

    private Terminal() {}

    private static boolean wanted() {
        String no = System.getenv("NO_COLOR");
        return (no == null || no.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    }
}
