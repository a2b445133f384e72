package org.dyntrace.daemon.code;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dyntrace.daemon.elf.Demangler;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Decodes and moves x86-64 instructions, and makes C++ names readable: libdyntrace-codec.so. Any thread may use it. */
public final class Codec implements Demangler {
    /** The longest window that can be moved, in bytes. */
    static final int WINDOW_MAX = 64;

    /** The longest instruction grows from 15 to 29 bytes when it's a call; a jump from 2 to 9. */
    private static final int RELOCATED_MAX = 512;

    private static final int UNDECODABLE = -2;
    private static final int NOT_RELOCATABLE = -3;
    private static final int OUT_OF_RANGE = -4;
    private static final int CALL_NOT_LAST = -5;
    private static final int INTO_INSTRUCTION = -6;

    private Codec() {}

    /**
     * Loads the library.
     *
     * @param library the file libdyntrace-codec.so
     * @return the codec
     * @throws Failure INTERNAL when it isn't there or can't be loaded
     */
    public static Codec load(Path library) {
        try {
            if (!Files.isRegularFile(library)) {
                throw new UnsatisfiedLinkError(library + " is missing");
            }
            NativeCodec.load(library.toAbsolutePath());
            return new Codec();
        } catch (UnsatisfiedLinkError e) {
            throw new Failure(
                    Reason.INTERNAL,
                    "The codec can't be loaded: " + e.getMessage() + ".",
                    "Install libZydis (Debian: libzydis4.0), or install dyntrace again.",
                    e);
        }
    }

    /**
     * Decodes a range of code, one instruction after the other.
     *
     * @param code the range
     * @param address of its first byte
     * @return the instructions; where none can be decoded, one byte is {@link Kind#BAD}
     */
    public List<Instruction> decode(byte[] code, long address) {
        // Real code has about 4 bytes an instruction; more room is only needed for other bytes.
        for (int capacity = code.length / 3 + 16; ; capacity = code.length) {
            byte[] out = new byte[Math.multiplyExact(capacity, Instruction.SIZE)];
            int count = NativeCodec.codec_decode(code, code.length, address, out, capacity);
            if (count < 0) {
                throw new IllegalArgumentException("code of " + code.length + " bytes");
            }
            ByteBuffer structs = ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
            List<Instruction> instructions = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                instructions.add(Instruction.at(structs, i));
            }
            if (count == 0 || instructions.get(count - 1).end() == code.length) {
                return instructions;
            }
        }
    }

    /**
     * Collects every place that the code of a range refers to: direct branches, operands relative to rip, and with
     * {@code absolute} immediate values.
     *
     * @param code the range
     * @param address of its first byte
     * @param starts sorted offsets in the range where instructions are known to begin
     * @param low only places from here are collected; not above {@code address}
     * @param high … and below this; not below the range's end, and at most 2 GiB above {@code low}
     * @param absolute whether immediate values may be addresses
     * @return for each reference (target - low) &lt;&lt; 32 | (source - low), in the order of the sources
     */
    long[] references(byte[] code, long address, int[] starts, long low, long high, boolean absolute) {
        long capacity = code.length / 12L + 64;
        while (true) {
            long[] out = new long[Math.toIntExact(capacity)];
            long count = NativeCodec.codec_references(
                    code, code.length, address, starts, starts.length, low, high, absolute ? 1 : 0, out, capacity);
            if (count < 0) {
                throw new IllegalArgumentException("code of " + code.length + " bytes");
            }
            if (count <= capacity) {
                return Arrays.copyOf(out, (int) count);
            }
            capacity = count;
        }
    }

    /**
     * {@return whether code changes no vector registers but the lower parts of xmm0 to xmm7, as far as it can be decoded; false if it
     * can't}
     *
     * @param code the range
     * @param starts sorted offsets in the range where instructions are known to begin
     */
    boolean isBaseline(byte[] code, int[] starts) {
        return NativeCodec.codec_is_baseline(code, code.length, starts, starts.length) == 1;
    }

    /**
     * Moves instructions, so that they do at the new place what they did at the old one. A call must be the last one; its callee
     * returns to behind the original call.
     *
     * @param code whole instructions, 1 to 64 bytes
     * @param window how many bytes from the first one are replaced: what lies behind the instructions is padding
     * @param source where they are
     * @param destination where they go
     * @return the moved instructions
     * @throws Failure UNDECODABLE, NOT_RELOCATABLE, BRANCH_INTO_SITE; NO_ROOM when something they refer to is more than 2 GiB away
     *     from the destination
     */
    public Relocated relocate(byte[] code, int window, long source, long destination) {
        byte[] out = new byte[RELOCATED_MAX];
        int[] pairs = new int[2 * (code.length + 1)];
        int[] count = new int[1];
        int length = NativeCodec.codec_relocate(
                code, code.length, window, source, destination, out, out.length, pairs, count);
        if (length < 0) {
            throw refusal(length, source);
        }
        int[] oldOffsets = new int[count[0]];
        int[] newOffsets = new int[count[0]];
        for (int i = 0; i < count[0]; i++) {
            oldOffsets[i] = pairs[2 * i];
            newOffsets[i] = pairs[2 * i + 1];
        }
        return new Relocated(Arrays.copyOf(out, length), oldOffsets, newOffsets);
    }

    private static Failure refusal(int code, long source) {
        String at = String.format(" at 0x%x", source);
        String elsewhere = "Choose another address.";
        return switch (code) {
            case UNDECODABLE -> new Failure(Reason.UNDECODABLE, "The bytes" + at + " are no instructions.", elsewhere);
            case NOT_RELOCATABLE ->
                new Failure(Reason.NOT_RELOCATABLE, "An instruction" + at + " can't do the same elsewhere.", elsewhere);
            case OUT_OF_RANGE ->
                new Failure(
                        Reason.NO_ROOM,
                        "What the instructions" + at + " refer to is more than 2 GiB from the trampoline.",
                        "No memory is free near enough; choose another address.");
            case CALL_NOT_LAST ->
                new Failure(
                        Reason.NOT_RELOCATABLE,
                        "A call" + at + " is followed by an instruction to be moved.",
                        elsewhere);
            case INTO_INSTRUCTION ->
                new Failure(
                        Reason.BRANCH_INTO_SITE,
                        "A branch" + at + " leads into the middle of an instruction.",
                        elsewhere);
            default -> throw new IllegalArgumentException("relocation failed: " + code);
        };
    }

    @Override
    public List<String> demangle(List<String> linkNames) {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (String name : linkNames) {
            names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
            names.write(0);
        }
        byte[] in = names.toByteArray();
        List<String> readable = new ArrayList<>(linkNames.size());
        byte[] out = new byte[Math.max(1 << 16, (int) Math.min(in.length * 3L, 64 << 20))];
        long[] used = new long[1];
        for (int at = 0; at < in.length; ) {
            byte[] rest = at == 0 ? in : Arrays.copyOfRange(in, at, in.length);
            int done = NativeCodec.codec_demangle(
                    rest, rest.length, linkNames.size() - readable.size(), out, out.length, used);
            if (done <= 0) {
                throw new IllegalArgumentException("demangling failed: " + done);
            }
            int from = 0;
            for (int i = 0; i < done; i++) {
                int end = from;
                while (out[end] != 0) {
                    end++;
                }
                readable.add(new String(out, from, end - from, StandardCharsets.UTF_8));
                from = end + 1;
                while (in[at++] != 0) {
                    continue;
                }
            }
        }
        return readable;
    }
}
