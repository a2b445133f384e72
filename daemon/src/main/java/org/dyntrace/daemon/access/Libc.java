package org.dyntrace.daemon.access;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The C library calls that this package makes. */
final class Libc {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERGROUPS = 59;
    private static final int SHUT_RDWR = 2;

    /** Where pw_uid and pw_gid lie in struct passwd. */
    private static final int PW_UID = 16;

    private static final int PW_GID = 20;

    /** Where gr_gid lies in struct group. */
    private static final int GR_GID = 16;

    /** NGROUPS_MAX of Linux. */
    private static final int GROUPS_MAX = 65536;

    private static final int FIRST_TRY = 64;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int getsockopt(int socket, int level, int option, int[] value, int[] length);

    static native int shutdown(int socket, int how);

    static native Pointer getgrnam(String name);

    static native Pointer getpwnam(String name);

    static native Pointer getpwuid(int uid);

    static native int getgrouplist(String user, int group, int[] groups, int[] count);

    /** {@return the id of a group, or nothing if there is none of this name} */
    static synchronized OptionalLong group(String name) {
        Pointer group = getgrnam(name);
        return group == null ? OptionalLong.empty() : OptionalLong.of(group.getInt(GR_GID) & 0xffffffffL);
    }

    /** {@return the ids of a user and his first group, or nothing if there is none of this name} */
    static synchronized Optional<long[]> ids(String name) {
        Pointer user = getpwnam(name);
        return user == null
                ? Optional.empty()
                : Optional.of(new long[] {user.getInt(PW_UID) & 0xffffffffL, user.getInt(PW_GID) & 0xffffffffL});
    }

    /**
     * {@return the supplementary groups that the peer had when it connected}
     *
     * @param socket a connected Unix socket
     */
    static Set<Long> peerGroups(int socket) throws IOException {
        for (int size = FIRST_TRY; size <= GROUPS_MAX; size *= 32) {
            int[] groups = new int[size];
            int[] length = {groups.length * Integer.BYTES};
            if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, length) == 0) {
                Set<Long> set = new HashSet<>();
                for (int i = 0; i < length[0] / Integer.BYTES; i++) {
                    set.add(groups[i] & 0xffffffffL);
                }
                return set;
            }
        }
        throw new IOException("the peer's groups can't be read, errno " + Native.getLastError());
    }

    /** {@return the name of a user, or nothing if there is none with this id} */
    static synchronized Optional<String> user(long uid) {
        Pointer user = getpwuid((int) uid);
        return user == null ? Optional.empty() : Optional.of(user.getPointer(0).getString(0));
    }

    /** {@return all groups that a user is in; gid is added} */
    static synchronized Set<Long> groupsOf(String user, long gid) {
        int[] groups = new int[GROUPS_MAX];
        int[] count = {groups.length};
        getgrouplist(user, (int) gid, groups, count);
        Set<Long> set = new HashSet<>();
        for (int i = 0; i < Math.min(count[0], groups.length); i++) {
            set.add(groups[i] & 0xffffffffL);
        }
        return set;
    }

    /** Wakes who waits in accept: closing the descriptor alone would not. */
    static void wake(int listening) {
        shutdown(listening, SHUT_RDWR);
    }
}
