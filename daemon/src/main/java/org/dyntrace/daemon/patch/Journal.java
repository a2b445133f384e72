package org.dyntrace.daemon.patch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * The tracepoints of a process, kept in its own memory: they end with it, are its child's after a fork, and wait for the
 * next daemon when this one is killed. An entry is written before the text is patched and taken out after it is restored.
 *
 * <p>An entry is a mapping of its own: next entry (8 bytes), length (4), CRC-32 of the content (4), phase (4), 4 unused, content.
 */
final class Journal {
    private static final int HEADER = 24;
    private static final int PHASE = 16;
    private static final int LONGEST = 256 << 20;
    private static final int MOST = 10_000;

    private final NativeLink link;
    private final ProcessMemory memory;
    private final AgentLayout layout;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Journal(NativeLink link, ProcessMemory memory, AgentLayout layout) {
        this.link = link;
        this.memory = memory;
        this.layout = layout;
    }

    /** {@return what an earlier daemon, or the parent process, has left, oldest first; of two with a name, one was to replace the other} */
    Map<String, Tracepoint> load() {
        Map<String, Tracepoint> found = new LinkedHashMap<>();
        java.util.ArrayDeque<Map.Entry<Entry, Tracepoint>> newestFirst = new java.util.ArrayDeque<>();
        long at = memory.readLong(layout.journal());
        // Anybody's program may say that it has tracepoints.
        long all = 0;
        while (at != 0 && newestFirst.size() < MOST) {
            ByteBuffer header = ByteBuffer.wrap(memory.read(at, HEADER)).order(ByteOrder.LITTLE_ENDIAN);
            all += header.getInt(8);
            if (all > LONGEST) {
                throw damaged(null);
            }
            newestFirst.push(Map.entry(new Entry(at, header.getInt(8)), read(at, header)));
            at = header.getLong(0);
        }
        newestFirst.forEach(entry -> {
            found.put(entry.getValue().name(), entry.getValue());
            Entry former = entries.put(entry.getValue().name(), entry.getKey());
            if (former != null) {
                unlink(former);
            }
        });
        return found;
    }

    private Tracepoint read(long at, ByteBuffer header) {
        int length = header.getInt(8);
        try {
            int phase = header.getInt(PHASE);
            if (length > 0 && length <= LONGEST && phase >= 0 && phase < Phase.values().length) {
                byte[] content = memory.read(at + HEADER, length);
                if (checksum(content) == header.getInt(12)) {
                    return Tracepoint.fromBytes(content, Phase.values()[phase]);
                }
            }
        } catch (IOException e) {
            throw damaged(e);
        }
        throw damaged(null);
    }

    private Failure damaged(IOException cause) {
        return new Failure(
                Reason.INTERNAL,
                "The record of tracepoints in process " + memory.process().pid() + " is damaged.",
                "Its tracepoints stay; restart that process to be rid of them.",
                cause);
    }

    void add(Tracepoint tracepoint) {
        byte[] content = tracepoint.toBytes();
        int size = HEADER + content.length;
        long at = NearMemory.map(
                link,
                layout.anchor(),
                pages(size),
                Long.MAX_VALUE >> 2,
                false,
                () -> new Failure(
                        Reason.NO_ROOM, "The process has no free address space.", "Remove other tracepoints."));
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(memory.readLong(layout.journal()));
        bytes.putInt(content.length).putInt(checksum(content));
        bytes.putInt(tracepoint.phase().ordinal()).putInt(0).put(content);
        memory.write(at, bytes.array());
        memory.writeLong(layout.journal(), at);
        entries.put(tracepoint.name(), new Entry(at, content.length));
    }

    /** Both are there for a moment; the newer one counts. */
    void replace(Tracepoint tracepoint) {
        Entry former = entries.get(tracepoint.name());
        add(tracepoint);
        unlink(former);
    }

    /** {@return a tracepoint that is recorded, in another phase from now on} */
    Tracepoint enter(Phase phase, Tracepoint tracepoint) {
        memory.writeInt(entries.get(tracepoint.name()).at + PHASE, phase.ordinal());
        return tracepoint.in(phase);
    }

    void remove(String name) {
        Entry entry = entries.remove(name);
        if (entry != null) {
            unlink(entry);
        }
    }

    private void unlink(Entry entry) {
        long word = layout.journal();
        for (long at; (at = memory.readLong(word)) != 0; word = at) {
            if (at == entry.at) {
                memory.writeLong(word, memory.readLong(at));
                link.unmap(at, pages(HEADER + entry.length));
                return;
            }
        }
    }

    private static long pages(int size) {
        return size + 4095L & -4096L;
    }

    private static int checksum(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return (int) crc.getValue();
    }

    private record Entry(long at, int length) {}
}
