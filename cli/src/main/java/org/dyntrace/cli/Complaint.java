package org.dyntrace.cli;

import org.dyntrace.mbeans.Failure;

/** What people see when something went wrong: one line that says what, one that says what to do; both on stderr. */
final class Complaint {
    private static final String NAME = "dyntrace: ";

    private Complaint() {}

    /** {@return the exit code that fits the failure, after telling it} */
    static int about(Failure failure) {
        return about(failure.getMessage(), failure.hint(), failure.reason().exitCode());
    }

    static int about(String what, String hint, int exitCode) {
        say("\033[1;31m", what, hint);
        return exitCode;
    }

    /** Tells what did not go as asked, but is no failure of the whole. */
    static void warning(String what) {
        say("\033[1;33m", "warning: " + what, "");
    }

    /** Tells what is no failure. */
    static void note(String what) {
        say("", what, "");
    }

    private static void say(String colour, String what, String hint) {
        String name = Terminal.COLOURED_ERR && !colour.isEmpty() ? colour + NAME + "\033[0m" : NAME;
        System.err.println(name + printable(what));
        if (!hint.isEmpty()) {
            System.err.println("  " + printable(hint));
        }
    }

    /** Names of functions and files come from other people's programs: no control characters of theirs to a terminal. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? (c == '\n' ? ' ' : '?') : c);
        }
        return clean.toString();
    }
}
