package org.dyntrace.daemon.access;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The names of users. */
public final class UserName {
    static {
        Native.register(UserName.class, "c");
    }

    private UserName() {}

    private static native Pointer getpwuid(int uid);

    /**
     * Looks a name up.
     *
     * @param uid a user id
     * @return the user's name, or the number if it has none
     */
    public static synchronized String of(long uid) {
        Pointer user = getpwuid((int) uid);
        // struct passwd begins with pw_name.
        return user == null ? Long.toString(uid) : user.getPointer(0).getString(0);
    }
}
