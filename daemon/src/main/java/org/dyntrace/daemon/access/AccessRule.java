package org.dyntrace.daemon.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Who may use the daemon: root, the user who runs it, and the members of one group, if there is one.
 *
 * @param owner the user id of the daemon
 * @param group the id of the group, or nothing
 */
public record AccessRule(long owner, OptionalLong group) {
    /** The group whose members may use the machine's daemon. */
    public static final String GROUP = "dyntrace";

    /** {@return the rule of a daemon that a user runs for himself: he and root} */
    public static AccessRule ownerOnly() {
        return new AccessRule(Caller.daemon().uid(), OptionalLong.empty());
    }

    /** {@return the rule of the machine's daemon: root and the group {@value #GROUP}; root alone as long as no such group exists} */
    public static AccessRule members() {
        return new AccessRule(Caller.daemon().uid(), Libc.group(GROUP));
    }

    /**
     * Decides.
     *
     * @param caller who asks
     * @return whether he may
     */
    public boolean permits(Caller caller) {
        return caller.uid() == 0
                || caller.uid() == owner
                || (group.isPresent()
                        && (caller.gid() == group.getAsLong() || caller.groups().contains(group.getAsLong())));
    }

    /**
     * Gives a file to the group, where there is one and the daemon may do that.
     *
     * @param file the file or directory
     * @throws IOException when it can't be changed
     */
    public void give(Path file) throws IOException {
        if (group.isPresent()) {
            Files.setAttribute(file, "unix:gid", Math.toIntExact(group.getAsLong()), LinkOption.NOFOLLOW_LINKS);
        }
    }
}
