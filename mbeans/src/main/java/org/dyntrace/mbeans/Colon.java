package org.dyntrace.mbeans;

/**
 * What stands before and behind the first colon of a text.
 *
 * @param before a process
 * @param behind what of it
 */
record Colon(String before, String behind) {
    static Colon split(String text, String what, String example) {
        int colon = text.indexOf(':');
        if (colon <= 0 || colon + 1 == text.length() || text.startsWith("::", colon)) {
            // "ns::f" is a C++ name whose process was forgotten, not the function ":f" of a process "ns".
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + text + "' is not <pid|name>:" + what + ".",
                    "Write the process, a colon, then the rest, for example " + example + ".");
        }
        return new Colon(text.substring(0, colon), text.substring(colon + 1));
    }
}
