package org.dyntrace.daemon.elf;

import java.util.regex.Pattern;
import org.dyntrace.mbeans.SymbolFilter;

/**
 * What functions are wanted.
 *
 * @param kind how the text is meant
 * @param text a name, glob or regular expression; for {@link Kind#ADDRESS} nothing
 * @param at a module's file name, or a version, {@code @VERSION} if it can only be a version; or an empty text for all modules and
 *     default versions
 * @param offset bytes to add to each function's beginning, ≥ 0; for {@link Kind#ADDRESS} the address itself
 */
public record Query(Kind kind, String text, String at, long offset) {
    /** Such as libfoo.so.1 or plugin.node, and not @VERSION, GLIBC_2.2.5 or libc. */
    private static final Pattern NAMED_MODULE = Pattern.compile("(?!@)(?!\\w+_[0-9.]+$).*\\..*");

    /** How the text of a query is meant. */
    public enum Kind {
        /** A function's link name, or its readable name with or without parameters. */
        NAME,
        /** Such a name with * for any text and ? for any character. */
        GLOB,
        /** A regular expression that is found somewhere in such a name. */
        REGEX,
        /** A plain part of such a name. */
        PART,
        /** No name, but an address of the process. */
        ADDRESS
    }

    /**
     * The functions that a listing shows.
     *
     * @param filter of the listing
     * @return the query
     */
    public static Query of(SymbolFilter filter) {
        Kind kind = switch (filter.form()) {
            case PART -> Kind.PART;
            case GLOB -> Kind.GLOB;
            case REGEX -> Kind.REGEX;
        };
        return new Query(kind, filter.text(), filter.at(), 0);
    }

    /** {@return whether it names a module: what looks like a version may be none, since these have no dots before their number} */
    public boolean namesModule() {
        return NAMED_MODULE.matcher(at).matches();
    }

    /** {@return whether a module is meant, or any module may be} */
    boolean accepts(Module module) {
        return at.isEmpty() || !at.startsWith("@") && module.isCalled(at);
    }

    /** {@return the version that may be meant, or an empty text} */
    String version() {
        return at.startsWith("@") ? at.substring(1) : at;
    }
}
