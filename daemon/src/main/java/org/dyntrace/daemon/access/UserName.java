package org.dyntrace.daemon.access;

/** The names of users. */
public final class UserName {
    private UserName() {}

    /**
     * Looks a name up.
     *
     * @param uid a user id
     * @return the user's name, or the number if it has none
     */
    public static String of(long uid) {
        return Libc.user(uid).orElseGet(() -> Long.toString(uid));
    }
}
