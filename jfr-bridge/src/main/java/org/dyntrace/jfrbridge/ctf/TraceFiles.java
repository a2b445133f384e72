package org.dyntrace.jfrbridge.ctf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dyntrace.jfrbridge.event.Findings;

/** A trace's directory, looked through before libbabeltrace2 sees it; and copies of it without what is damaged. */
final class TraceFiles implements AutoCloseable {
    private final Path directory;
    private final Metadata metadata;
    private final Map<Path, Packets> streams = new LinkedHashMap<>();
    private final List<Path> copies = new ArrayList<>();
    private boolean damaged;

    TraceFiles(Path directory, Findings findings) throws IOException {
        this.directory = directory;
        Path description = directory.resolve("metadata");
        metadata = Metadata.of(description);
        boolean lttng = metadata.text().contains("tracer_name = \"lttng-");
        if (!metadata.wrong().isEmpty()) {
            damaged = true;
            findings.add(description + ": " + metadata.wrong() + "; events that it would have described are missing.");
        }
        if (lttng && !metadata.text().contains("clock {")) {
            findings.add(
                    description + ": it describes no clock; the times of its events count from the machine's start,"
                            + " so they don't fit those of other recordings.");
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (Files.isRegularFile(file) && !name.equals("metadata") && !name.startsWith(".")) {
                    streams.put(file, look(file, lttng, findings));
                }
            }
        }
    }

    private Packets look(Path file, boolean lttng, Findings findings) throws IOException {
        if (!lttng) {
            return new Packets(List.of(new Packets.Extent(0, Files.size(file))), Files.size(file), "");
        }
        Packets packets = Packets.of(file, metadata.uuid());
        if (!packets.wrong().isEmpty()) {
            damaged = true;
            findings.add(file + ": " + packets.wrong() + "; the other "
                    + packets.whole().size() + " packets are read.");
        }
        return packets;
    }

    /** {@return whether there is nothing that could be read} */
    boolean isEmpty() {
        return metadata.text().isEmpty()
                || streams.values().stream().allMatch(p -> p.whole().isEmpty());
    }

    /** {@return the directory itself, or a copy without what is damaged} */
    Path readable() throws IOException {
        return damaged ? copy(streams.keySet()) : directory;
    }

    /** {@return for each stream that has something to read, a copy of the trace with nothing else} */
    Map<Path, Path> apart() throws IOException {
        Map<Path, Path> apart = new LinkedHashMap<>();
        for (Map.Entry<Path, Packets> stream : streams.entrySet()) {
            if (!stream.getValue().whole().isEmpty()) {
                apart.put(stream.getKey(), copy(List.of(stream.getKey())));
            }
        }
        return apart;
    }

    private Path copy(Iterable<Path> files) throws IOException {
        Path copy = Files.createTempDirectory("dyntrace-trace-");
        copies.add(copy);
        if (metadata.wrong().isEmpty()) {
            Files.createSymbolicLink(
                    copy.resolve("metadata"), directory.resolve("metadata").toAbsolutePath());
        } else {
            Files.writeString(copy.resolve("metadata"), metadata.text());
        }
        for (Path file : files) {
            Packets packets = streams.get(file);
            Path to = copy.resolve(file.getFileName());
            if (packets.wrong().isEmpty()) {
                Files.createSymbolicLink(to, file.toAbsolutePath());
            } else if (!packets.whole().isEmpty()) {
                copy(file, packets.whole(), to);
            }
        }
        return copy;
    }

    private static void copy(Path file, List<Packets.Extent> extents, Path to) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            for (Packets.Extent extent : extents) {
                for (long at = extent.from(); at < extent.to(); ) {
                    long moved = in.transferTo(at, extent.to() - at, out);
                    if (moved <= 0) {
                        throw new IOException(file + " got shorter while it was read");
                    }
                    at += moved;
                }
            }
        }
    }

    @Override
    public void close() {
        for (Path copy : copies) {
            try (Stream<Path> files = Files.list(copy)) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                // A few links in the directory for temporary files, which the system empties.
                continue;
            }
        }
        copies.clear();
    }
}
