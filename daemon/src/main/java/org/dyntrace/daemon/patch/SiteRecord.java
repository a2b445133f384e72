package org.dyntrace.daemon.patch;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A place of a tracepoint as the journal keeps it.
 *
 * @param address the insertion address
 * @param patchAddress where the jump is
 * @param original the bytes under the jump
 * @param codeLength how many of them are instructions
 * @param boundaries offsets of these
 * @param structure address of the site structure
 * @param symbol the function's name
 * @param module its module's file name
 */
record SiteRecord(
        long address,
        long patchAddress,
        byte[] original,
        int codeLength,
        int[] boundaries,
        long structure,
        String symbol,
        String module) {

    private static final int LONGEST_WINDOW = 64;

    void write(DataOutputStream to) throws IOException {
        to.writeLong(address);
        to.writeLong(patchAddress);
        to.writeByte(original.length);
        to.write(original);
        to.writeByte(codeLength);
        to.writeByte(boundaries.length);
        for (int boundary : boundaries) {
            to.writeByte(boundary);
        }
        to.writeLong(structure);
        to.writeUTF(symbol);
        to.writeUTF(module);
    }

    static SiteRecord read(DataInputStream from) throws IOException {
        long address = from.readLong();
        long patchAddress = from.readLong();
        byte[] original = new byte[bounded(from.readUnsignedByte())];
        from.readFully(original);
        int codeLength = bounded(from.readUnsignedByte());
        int[] boundaries = new int[bounded(from.readUnsignedByte())];
        for (int i = 0; i < boundaries.length; i++) {
            boundaries[i] = from.readUnsignedByte();
        }
        return new SiteRecord(
                address,
                patchAddress,
                original,
                codeLength,
                boundaries,
                from.readLong(),
                from.readUTF(),
                from.readUTF());
    }

    private static int bounded(int length) throws IOException {
        if (length > LONGEST_WINDOW) {
            throw new IOException("a window of " + length + " bytes");
        }
        return length;
    }
}
