package org.dyntrace.mbeans;

/**
 * Which functions a listing shows: a glob, a /regex/, or a plain part of a name, each with @module or @version; or
 * everything.
 *
 * @param form how the text is meant
 * @param text what to look for; empty, as {@link Form#PART}, for all functions
 * @param at as in {@link Location.Symbol}
 * @param scope which world
 */
public record SymbolFilter(Form form, String text, String at, Location.Scope scope) {
    /** How the text of a filter is meant. */
    public enum Form {
        /** A plain part of a name. */
        PART,
        /** A whole name, with * for any text and ? for any character. */
        GLOB,
        /** An expression found anywhere in a name. */
        REGEX
    }

    /**
     * Reads a filter.
     *
     * @param text a filter; empty for all, {@code @module} for all of a module
     * @return the filter
     * @throws Failure BAD_REQUEST when it is no filter
     */
    public static SymbolFilter parse(String text) {
        Location.Scope scope = Location.Scope.of(text);
        String wanted = text.substring(scope.prefix().length());
        if (wanted.isEmpty()) {
            return new SymbolFilter(Form.PART, "", "", scope);
        }
        Location location = Location.parse(wanted.startsWith("@") ? "*" + wanted : wanted);
        if (location instanceof Location.Glob glob) {
            return new SymbolFilter(Form.GLOB, glob.pattern(), glob.at(), scope);
        } else if (location instanceof Location.Regex regex) {
            return new SymbolFilter(Form.REGEX, regex.expression(), regex.at(), scope);
        } else if (location instanceof Location.Symbol symbol && symbol.offset() == 0) {
            return new SymbolFilter(Form.PART, symbol.name(), symbol.at(), scope);
        } else if (location instanceof Location.JavaMethod) {
            Form form = wanted.contains("*") ? Form.GLOB : Form.PART;
            return new SymbolFilter(form, wanted, "", Location.Scope.JAVA);
        }
        throw new Failure(
                Reason.BAD_REQUEST,
                "'" + text + "' filters no names.",
                "Give a part of a name, a glob such as 'mall*', a /regex/, or @module.");
    }
}
