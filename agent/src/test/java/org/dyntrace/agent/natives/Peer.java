package org.dyntrace.agent.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process at the other end of a socket (jni_peer.c), perhaps another user's. */
final class Peer implements AutoCloseable {
    private final Process process;
    private final Path socket;

    private Peer(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    static Peer start(List<String> as, Path program, Path socket, Object... arguments) {
        List<String> words = new ArrayList<>(as);
        words.addAll(List.of(program.toString(), socket.toString()));
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = process.inputReader().readLine();
            if (!"listening".equals(said)) {
                throw new AssertionError(said);
            }
            return new Peer(process, socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String socket() {
        return socket.toString();
    }

    @Override
    public void close() {
        kill();
    }

    /** Ends it, and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
