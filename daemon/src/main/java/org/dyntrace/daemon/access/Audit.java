package org.dyntrace.daemon.access;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Locale;

/**
 * A line for every change, and for every attempt that was refused: who, what, and how it ended. The lines go to the logger
 * {@value #LOGGER}; the daemon has it write a file of its own.
 *
 * <pre>
 * user=alice uid=1000 pid=4242 did="add" on="dyntrace:type=Process,pid=77" with=["malloc", "false", "", "count", []] result="done" made="tp-0"
 * </pre>
 */
public final class Audit {
    /** The logger's name. */
    public static final String LOGGER = "dyntrace.audit";

    private static final Logger LOG = System.getLogger(LOGGER);
    private static final int TEXT_MAX = 1000;

    private Audit() {}

    /**
     * Something was changed.
     *
     * @param operation what was asked
     * @param on the MBean
     * @param with its arguments
     * @param made what came of it, or an empty text
     */
    public static void done(String operation, Object on, Object[] with, String made) {
        write(
                Caller.current(),
                what(operation, on, with) + " result=\"done\"" + (made.isEmpty() ? "" : " made=" + quoted(made)));
    }

    /**
     * Something was to be changed, and failed.
     *
     * @param operation what was asked
     * @param on the MBean
     * @param with its arguments
     * @param why it failed
     */
    public static void failed(String operation, Object on, Object[] with, Throwable why) {
        write(Caller.current(), what(operation, on, with) + " result=" + quoted(String.valueOf(why.getMessage())));
    }

    /** Somebody was not let in, or asked for what he may not have. */
    static void refused(Caller caller, String what) {
        write(caller, "did=" + quoted(what) + " result=\"NOT_PERMITTED\"");
    }

    private static void write(Caller caller, String what) {
        LOG.log(Level.INFO, "{0}", identity(caller) + " " + what);
    }

    private static String identity(Caller caller) {
        return !caller.remote().isEmpty()
                ? "remote=" + quoted(caller.remote())
                : "user=" + UserName.of(caller.uid()) + " uid=" + caller.uid() + " pid=" + caller.pid()
                        + (caller.equals(Caller.daemon()) ? " by=attach" : "");
    }

    private static String what(String operation, Object on, Object[] with) {
        return "did=" + quoted(operation) + " on=" + quoted(String.valueOf(on)) + " with=" + list(with);
    }

    private static String list(Object[] values) {
        return values == null
                ? "[]"
                : Arrays.stream(values)
                        .map(value -> value instanceof Object[] inner ? list(inner) : quoted(String.valueOf(value)))
                        .toList()
                        .toString();
    }

    /** Others' texts: no line of theirs may look like one of ours. */
    private static String quoted(String text) {
        StringBuilder line = new StringBuilder("\"");
        for (char c : text.substring(0, Math.min(text.length(), TEXT_MAX)).toCharArray()) {
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029) {
                line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.append(text.length() > TEXT_MAX ? "…\"" : "\"").toString();
    }
}
