package org.dyntrace.mbeans;

/**
 * Which functions a listing shows: a glob, a /regex/, or a plain part of a name, each with @module or @version; or
 * everything.
 *
 * @param form how the text is meant
 * @param text what to look for; empty, as {@link Form#PART}, for all functions
 * @param at as in {@link Location.Symbol}
 */
public record SymbolFilter(Form form, String text, String at) {
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
        if (text.isEmpty()) {
            return new SymbolFilter(Form.PART, "", "");
        }
        Location location = Location.parse(text.startsWith("@") ? "*" + text : text);
        if (location instanceof Location.Glob glob) {
            return new SymbolFilter(Form.GLOB, glob.pattern(), glob.at());
        } else if (location instanceof Location.Regex regex) {
            return new SymbolFilter(Form.REGEX, regex.expression(), regex.at());
        } else if (location instanceof Location.Symbol symbol && symbol.offset() == 0) {
            return new SymbolFilter(Form.PART, symbol.name(), symbol.at());
        } else if (location instanceof Location.JavaMethod) {
            return new SymbolFilter(Form.PART, text, "");
        }
        throw new Failure(
                Reason.BAD_REQUEST,
                "'" + text + "' filters no names.",
                "Give a part of a name, a glob such as 'mall*', a /regex/, or @module.");
    }
}
