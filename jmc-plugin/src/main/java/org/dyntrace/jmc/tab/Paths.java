package org.dyntrace.jmc.tab;

/** Paths on the daemon's machine, which may be another one. */
final class Paths {
    private Paths() {}

    /** {@return what is wrong with a path that has to be absolute, or null} */
    static String complain(String path) {
        return path.strip().startsWith("/") ? null : Text.PATH_ABSOLUTE.of();
    }

    /** {@return the same, where nothing is a choice, too} */
    static String complainUnlessEmpty(String path) {
        return path.isBlank() ? null : complain(path);
    }
}
