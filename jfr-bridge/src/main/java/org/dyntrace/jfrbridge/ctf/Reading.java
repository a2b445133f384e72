package org.dyntrace.jfrbridge.ctf;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dyntrace.jfrbridge.event.Values;

/** A run of {@code dyntrace-ctf}, which reads one trace through libbabeltrace2 and writes blocks of records. */
final class Reading implements AutoCloseable {
    private static final int MAX_BLOCK = 1 << 20;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final InputStream out;
    private final AtomicLong waitingSince = new AtomicLong(Long.MAX_VALUE);
    private boolean ended;
    private String fault = "";

    Reading(Path trace) throws IOException {
        process = new ProcessBuilder(program().toString(), trace.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        out = process.getInputStream();
        Thread watch = new Thread(this::watch, "trace-reader-watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** It lies beside the folder of the jars; the property is for tests. */
    private static Path program() {
        String chosen = System.getProperty("dyntrace.ctf");
        if (chosen != null) {
            return Path.of(chosen);
        }
        try {
            Path jar = Path.of(Reading.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.resolveSibling("../dyntrace-ctf").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It may read without end, and says nothing then. */
    private void watch() {
        try {
            while (!process.waitFor(1, TimeUnit.SECONDS)) {
                long since = waitingSince.get();
                if (since != Long.MAX_VALUE && System.nanoTime() - since > PATIENCE) {
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return the next records, or null at the end} */
    byte[] next() throws IOException {
        if (ended) {
            return null;
        }
        waitingSince.set(System.nanoTime());
        try {
            int length = length();
            if (length > 0) {
                return bytes(length);
            }
            fault = new String(bytes(length()), java.nio.charset.StandardCharsets.UTF_8);
        } catch (EOFException e) {
            fault = gaveUp();
        } finally {
            waitingSince.set(Long.MAX_VALUE);
        }
        ended = true;
        return null;
    }

    private String gaveUp() {
        try {
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 127
                    ? "libbabeltrace2 is not installed (package libbabeltrace2-0)"
                    : "libbabeltrace2 gave up on it";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private int length() throws IOException {
        int length = Values.int32(bytes(4), 0);
        if (length < 0 || length > MAX_BLOCK) {
            throw new IOException("dyntrace-ctf wrote a block of " + length + " bytes");
        }
        return length;
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        new DataInputStream(out).readFully(bytes);
        return bytes;
    }

    /** {@return why there is no more, once the end was reached; empty if all was read} */
    String fault() {
        return fault;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            out.close();
        } catch (IOException e) {
            fault = e.getMessage();
        }
    }
}
