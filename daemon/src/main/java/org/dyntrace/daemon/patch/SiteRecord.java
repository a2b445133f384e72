package org.dyntrace.daemon.patch;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.dyntrace.daemon.code.SitePlan;
import org.dyntrace.daemon.code.Window;
import org.dyntrace.daemon.elf.Module;

/**
 * A place of a tracepoint as the journal keeps it.
 *
 * @param address the insertion address
 * @param window the bytes under the jump
 * @param island the bytes under the jump that the first one leads to, if there are two
 * @param structure address of the site structure
 * @param symbol the function's name
 * @param module its module's file name
 */
record SiteRecord(long address, Window window, Optional<Window> island, long structure, String symbol, String module) {

    private static final int LONGEST_WINDOW = 64;

    /**
     * {@return what was planned}
     *
     * @param module where it is; null when only its bytes are to be looked at
     */
    SitePlan plan(Module module) {
        return new SitePlan(module, address, window, island);
    }

    /** {@return where the jump is} */
    long patchAddress() {
        return window.start();
    }

    void write(DataOutputStream to) throws IOException {
        to.writeLong(address);
        write(window, to);
        to.writeBoolean(island.isPresent());
        if (island.isPresent()) {
            write(island.get(), to);
        }
        to.writeLong(structure);
        to.writeUTF(symbol);
        to.writeUTF(module);
    }

    private static void write(Window window, DataOutputStream to) throws IOException {
        to.writeLong(window.start());
        to.writeByte(window.length());
        to.write(window.bytes());
        to.writeByte(window.codeLength());
        to.writeByte(window.boundaries().length);
        for (int boundary : window.boundaries()) {
            to.writeByte(boundary);
        }
    }

    static SiteRecord read(DataInputStream from) throws IOException {
        return new SiteRecord(
                from.readLong(),
                readWindow(from),
                from.readBoolean() ? Optional.of(readWindow(from)) : Optional.empty(),
                from.readLong(),
                from.readUTF(),
                from.readUTF());
    }

    private static Window readWindow(DataInputStream from) throws IOException {
        long start = from.readLong();
        byte[] bytes = new byte[bounded(from.readUnsignedByte())];
        from.readFully(bytes);
        int codeLength = bounded(from.readUnsignedByte());
        int[] boundaries = new int[bounded(from.readUnsignedByte())];
        for (int i = 0; i < boundaries.length; i++) {
            boundaries[i] = from.readUnsignedByte();
        }
        return new Window(start, bytes, codeLength, boundaries);
    }

    private static int bounded(int length) throws IOException {
        if (length > LONGEST_WINDOW) {
            throw new IOException("a window of " + length + " bytes");
        }
        return length;
    }
}
