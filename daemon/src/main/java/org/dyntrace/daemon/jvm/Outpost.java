package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.file.Path;
import org.dyntrace.daemon.proc.ProcessId;

/** Listens for the agent of a process that doesn't see the daemon's own socket. */
@FunctionalInterface
public interface Outpost {
    /**
     * Listens until that agent has come, or it is too late. Called with the target's rights: so the agent sees its own user there.
     *
     * @param process who may come
     * @param socket the path of the socket to be made
     * @param closed to be run when nobody listens there any more
     * @throws IOException when it can't listen there; closed must not be run then
     */
    void open(ProcessId process, Path socket, Runnable closed) throws IOException;
}
