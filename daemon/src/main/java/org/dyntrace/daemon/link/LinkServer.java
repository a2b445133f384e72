package org.dyntrace.daemon.link;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.dyntrace.daemon.access.Limits;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Where agents connect. Everybody's processes must reach it, so it is beside the run directory, not in it; who is there
 * is what the kernel says.
 */
public final class LinkServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LinkServer.class.getName());
    /** Both agents of a process, and what is left of an earlier link of each. */
    private static final int LINKS_PER_PROCESS = 8;

    private static final int ANSWER_MILLISECONDS = 10_000;
    private static final long COMPLAINT_NANOS = 60_000_000_000L;
    private static final int FRAME_MAX = 65536;
    private static final int EXPECTED_MAX = 4;
    private static final int EXPECTED_SLICE = 1000;
    private static final long EXPECTED_NANOS = 60_000_000_000L;

    private final Path socket;
    private final int uid;
    private final Consumer<AgentLink> connected;
    private final Consumer<AgentLink> gone;
    private final UnixServerSocketChannel listening;
    private final Set<AgentLink> links = ConcurrentHashMap.newKeySet();
    private final Map<UnixSocketChannel, Peer> connections = new ConcurrentHashMap<>();
    private final Limits limits;
    private volatile long complained = System.nanoTime() - COMPLAINT_NANOS;
    private volatile boolean closed;

    /**
     * Opens the socket; agents that wait for it come at once.
     *
     * @param socket its path; the directory is made
     * @param uid of the daemon: 0 serves everybody, others their own processes
     * @param limits how many agents there can be
     * @param connected told of each link, on a thread of that link
     * @param gone told when it has ended
     */
    public LinkServer(Path socket, int uid, Limits limits, Consumer<AgentLink> connected, Consumer<AgentLink> gone) {
        this.limits = limits;
        this.socket = socket;
        this.uid = uid;
        this.connected = connected;
        this.gone = gone;
        try {
            Path directory = socket.getParent();
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.deleteIfExists(socket);
            listening = UnixServerSocketChannel.open();
            listening.socket().bind(new UnixSocketAddress(socket.toFile()), 128);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            // Agents may have seen the socket before they might use it: this change wakes them again.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new Failure(
                    Reason.RUNDIR,
                    "The agents' socket " + socket + " can't be opened: " + e.getMessage() + ".",
                    "Make the directory above it writable for the daemon, or choose another with --rundir.",
                    e);
        }
        Thread thread = new Thread(this::accept, "agents");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                UnixSocketChannel channel = listening.accept();
                try {
                    Peer peer = Peer.of(channel);
                    if (closed || !serves(peer)) {
                        channel.close();
                        continue;
                    }
                    admit(channel, peer);
                } catch (IOException | Failure | OutOfMemoryError e) {
                    // Threads may have come to an end, too. Who comes next is served again.
                    connections.remove(channel);
                    channel.close();
                    LOG.log(Level.DEBUG, "an agent was not admitted", e);
                }
            } catch (IOException e) {
                if (!closed) {
                    LOG.log(Level.DEBUG, "accept", e);
                }
            }
        }
    }

    private boolean serves(Peer peer) {
        if (uid != 0 && peer.uid() != uid) {
            return false;
        }
        long ofProcess = 0;
        long ofUser = 0;
        for (Peer other : connections.values()) {
            ofProcess += other.process().equals(peer.process()) ? 1 : 0;
            ofUser += other.uid() == peer.uid() ? 1 : 0;
        }
        boolean room = connections.size() < limits.agents()
                && ofProcess < LINKS_PER_PROCESS
                && (peer.uid() == 0 || ofUser < limits.agentsPerUser());
        if (!room && System.nanoTime() - complained > COMPLAINT_NANOS) {
            complained = System.nanoTime();
            LOG.log(
                    Level.WARNING,
                    "no more agents: process {0} of user {1} has {2}, its user {3}, all users {4}",
                    peer.process().pid(),
                    Integer.toUnsignedLong(peer.uid()),
                    ofProcess,
                    ofUser,
                    connections.size());
        }
        return room;
    }

    private void admit(UnixSocketChannel channel, Peer peer) throws IOException {
        channel.setOption(UnixSocketOptions.SO_SNDTIMEO, ANSWER_MILLISECONDS);
        connections.put(channel, peer);
        ProcessId process = peer.process();
        Thread reader = new Thread(() -> greet(channel, process), "agent " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Listens at one more place for a process that doesn't see the usual one, until its agent has come, or for a minute. What the
     * kernel tells the agent of who listens there is the user of the thread that calls this.
     *
     * @param process who may come there
     * @param place the socket's path
     * @param closed runs when nobody listens there any more; it removes the socket's file
     * @throws IOException when there can be no socket; closed doesn't run then
     */
    public void expect(ProcessId process, Path place, Runnable closed) throws IOException {
        UnixServerSocketChannel door = UnixServerSocketChannel.open();
        try {
            door.socket().bind(new UnixSocketAddress(place.toFile()), EXPECTED_MAX);
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
        Thread thread = new Thread(() -> await(process, door, closed), "agent of " + process.pid());
        thread.setDaemon(true);
        thread.start();
    }

    private void await(ProcessId process, UnixServerSocketChannel door, Runnable finished) {
        long end = System.nanoTime() + EXPECTED_NANOS;
        try (door) {
            while (!closed && System.nanoTime() - end < 0 && process.isAlive()) {
                if (!Readiness.await(door.getFD(), EXPECTED_SLICE)) {
                    continue;
                }
                UnixSocketChannel channel = door.accept();
                Peer peer = Peer.of(channel);
                if (peer.process().equals(process)) {
                    admit(channel, peer);
                    return;
                }
                channel.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "agent of " + process.pid(), e);
        } finally {
            finished.run();
        }
    }

    private void greet(UnixSocketChannel channel, ProcessId process) {
        try {
            serve(AgentLink.greet(new Frames(channel, FRAME_MAX), process));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "agent of " + process.pid(), e);
            try {
                channel.close();
            } catch (IOException alreadyClosed) {
                LOG.log(Level.DEBUG, "close", alreadyClosed);
            }
        } finally {
            connections.remove(channel);
        }
    }

    private void serve(AgentLink link) {
        links.add(link);
        try {
            // Being told asks the agent, so the replies must be read meanwhile.
            Thread telling = new Thread(
                    () -> connected.accept(link), "new agent " + link.process().pid());
            telling.setDaemon(true);
            telling.start();
            try {
                link.read();
            } finally {
                link.release();
                telling.join();
                gone.accept(link);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "agent of " + link.process().pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.release();
            links.remove(link);
        }
    }

    /** Ends all links; targets stay as they are. */
    @Override
    public void close() {
        closed = true;
        try {
            Files.deleteIfExists(socket);
            links.forEach(AgentLink::close);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "close", e);
        }
    }
}
