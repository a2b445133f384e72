package org.dyntrace.daemon.elf;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Tests names against globs and regular expressions, in bounded time. */
final class NameTest {
    private static final int PATTERN_MAX = 1000;

    private NameTest() {}

    /** {@return a test of whole names; takes time in proportion to both lengths} */
    static Predicate<CharSequence> glob(String glob) {
        if (glob.length() > PATTERN_MAX) {
            throw tooLong();
        }
        return name -> matches(glob, name);
    }

    /**
     * {@return a test that finds a regular expression in names}
     *
     * @param nanoseconds for all of its tests together; then one throws BAD_REQUEST
     */
    static Predicate<CharSequence> regex(String expression, long nanoseconds) {
        if (expression.length() > PATTERN_MAX) {
            throw tooLong();
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "/" + expression + "/ is no regular expression: " + e.getDescription() + " at position "
                            + e.getIndex() + ".",
                    "See java.util.regex.Pattern for the syntax; a name between blanks needs no slashes.",
                    e);
        }
        long deadline = System.nanoTime() + nanoseconds;
        return name -> {
            try {
                return pattern.matcher(new TimedText(name, deadline)).find();
            } catch (StackOverflowError e) {
                throw tooSlow();
            }
        };
    }

    private static boolean matches(String glob, CharSequence name) {
        int g = 0;
        int star = -1;
        int resume = 0;
        int n = 0;
        while (n < name.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = n;
            } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == name.charAt(n))) {
                g++;
                n++;
            } else if (star >= 0) {
                // Only the last star need give: what was matched up to it stays matched.
                g = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    private static Failure tooLong() {
        return new Failure(
                Reason.BAD_REQUEST,
                "The pattern is longer than " + PATTERN_MAX + " characters.",
                "Use a shorter one, or several tracepoints.");
    }

    private static Failure tooSlow() {
        return new Failure(
                Reason.BAD_REQUEST,
                "The regular expression takes too long.",
                "Avoid repetitions inside of repetitions, like (a*)*.");
    }

    /** A text that can't be read after a deadline: the only way to stop a matcher. */
    private record TimedText(CharSequence text, long deadline) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            // Asking for the time costs more than reading, but a match reads few characters: under 100 ns a name.
            if ((index & 7) == 0 && System.nanoTime() - deadline > 0) {
                throw tooSlow();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new TimedText(text.subSequence(start, end), deadline);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
