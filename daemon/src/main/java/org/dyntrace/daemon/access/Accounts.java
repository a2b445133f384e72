package org.dyntrace.daemon.access;

import java.util.Set;

/** Users as the machine's account database knows them. */
public final class Accounts {
    private Accounts() {}

    /**
     * Whom something is done for that he has asked for earlier.
     *
     * @param uid his user id then
     * @param gid his group id then
     * @return the same user, with the groups that he is in now
     */
    public static Caller of(long uid, long gid) {
        Caller daemon = Caller.daemon();
        return uid == daemon.uid() ? daemon : new Caller(uid, gid, groups(uid, gid), daemon.pid());
    }

    private static Set<Long> groups(long uid, long gid) {
        return Libc.user(uid).map(user -> Libc.groupsOf(user, gid)).orElse(Set.of());
    }
}
