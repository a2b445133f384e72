package org.dyntrace.daemon.patch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.link.OpenedLog;

/**
 * A tracepoint of a native process as the journal keeps it.
 *
 * @param name its name
 * @param location where it was asked for
 * @param entryExit whether exits are wanted too
 * @param tracer log, lttng or count
 * @param arguments the tracer's
 * @param uid who placed it
 * @param counter index of the first of its three counters
 * @param log the log file in the target, or null
 * @param waits whether it is placed whenever the module comes that its location names
 * @param phase where it is in its life; beside the other bytes in the journal, so that one write changes it
 * @param sites its places
 */
record Tracepoint(
        String name,
        String location,
        boolean entryExit,
        String tracer,
        List<String> arguments,
        long uid,
        int counter,
        OpenedLog log,
        boolean waits,
        Phase phase,
        List<SiteRecord> sites) {

    private static final int MOST_SITES = 1_000_000;

    /** {@return the same tracepoint at these places} */
    Tracepoint at(List<SiteRecord> places) {
        return new Tracepoint(
                name, location, entryExit, tracer, arguments, uid, counter, log, waits, phase, List.copyOf(places));
    }

    /** {@return the same tracepoint in another phase} */
    Tracepoint in(Phase other) {
        return new Tracepoint(name, location, entryExit, tracer, arguments, uid, counter, log, waits, other, sites);
    }

    boolean isEnabled() {
        return phase == Phase.ENABLED;
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream to = new DataOutputStream(bytes)) {
            to.writeUTF(name);
            to.writeUTF(location);
            to.writeBoolean(entryExit);
            to.writeUTF(tracer);
            to.writeByte(arguments.size());
            for (String argument : arguments) {
                to.writeUTF(argument);
            }
            to.writeLong(uid);
            to.writeInt(counter);
            to.writeBoolean(log != null);
            if (log != null) {
                to.writeInt(log.fd());
                to.writeLong(log.device());
                to.writeLong(log.inode());
            }
            to.writeBoolean(waits);
            to.writeInt(sites.size());
            for (SiteRecord site : sites) {
                site.write(to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Tracepoint fromBytes(byte[] bytes, Phase phase) throws IOException {
        DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes));
        String name = from.readUTF();
        String location = from.readUTF();
        boolean entryExit = from.readBoolean();
        String tracer = from.readUTF();
        List<String> arguments = new ArrayList<>();
        for (int left = from.readUnsignedByte(); left > 0; left--) {
            arguments.add(from.readUTF());
        }
        long uid = from.readLong();
        int counter = from.readInt();
        OpenedLog log = from.readBoolean() ? new OpenedLog(from.readInt(), from.readLong(), from.readLong()) : null;
        boolean waits = from.readBoolean();
        int count = from.readInt();
        if (count < 0 || count > MOST_SITES || counter < 0 || counter > AgentLayout.COUNTERS - 3) {
            throw new IOException("counts out of range");
        }
        List<SiteRecord> sites = new ArrayList<>();
        while (sites.size() < count) {
            sites.add(SiteRecord.read(from));
        }
        return new Tracepoint(name, location, entryExit, tracer, arguments, uid, counter, log, waits, phase, sites);
    }
}
