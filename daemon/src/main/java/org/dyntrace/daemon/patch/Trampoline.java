package org.dyntrace.daemon.patch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the code that a patched place jumps to: a part for each tracepoint there, then the displaced instructions.
 *
 * <p>Nothing that the traced code may rely on changes: red zone, registers, flags. A count is done in place, with rax and
 * rcx only and without pushf (lahf and seto keep the flags; the test for a thread's first hit is jrcxz, which needs none).
 */
final class Trampoline {
    /** What one part does. */
    enum Kind {
        COUNT,
        HIT,
        ENTER
    }

    /**
     * One part.
     *
     * @param kind what it does
     * @param structure address of its site structure
     * @param counter index of its counter
     */
    record Part(Kind kind, long structure, int counter) {}

    /**
     * A trampoline without the displaced instructions.
     *
     * @param bytes its code
     * @param entry where the patched place jumps to
     * @param targets for each part, where it goes on
     * @param body where the displaced instructions go
     */
    record Code(byte[] bytes, long entry, List<Long> targets, long body) {}

    private static final int LONGEST_PART = 64;

    private final AgentLayout layout;
    private final long base;
    private final ByteBuffer code;

    private Trampoline(AgentLayout layout, long base, int parts) {
        this.layout = layout;
        this.base = base;
        this.code = ByteBuffer.allocate(size(parts)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return bytes to keep for the parts} */
    static int size(int parts) {
        return 24 + parts * LONGEST_PART;
    }

    static Code write(AgentLayout layout, long base, List<Part> parts) {
        Trampoline trampoline = new Trampoline(layout, base, parts.size());
        trampoline.code.putLong(layout.claim()).putLong(layout.hit()).putLong(layout.enter());
        List<Long> targets = new ArrayList<>();
        long entry = 0;
        for (Part part : parts) {
            long start = trampoline.part(part, entry == 0);
            entry = entry == 0 ? start : entry;
            targets.add(trampoline.here());
        }
        byte[] bytes = java.util.Arrays.copyOf(trampoline.code.array(), trampoline.code.position());
        return new Code(bytes, entry, targets, base + bytes.length);
    }

    private long part(Part part, boolean first) {
        return switch (part.kind()) {
            case COUNT -> count(part.counter(), first);
            case HIT -> hit(part.structure());
            case ENTER -> enter(part.structure());
        };
    }

    private long count(int counter, boolean first) {
        int jump = code.position();
        if (!first) {
            emit(0xeb, 0); // jmp over the slow way
        }
        int slow = code.position();
        callLiteral(0); // claim: rcx = block
        emit(0xeb, 0); // jmp to the count
        int slowJump = code.position();
        if (!first) {
            code.put(jump + 1, (byte) (code.position() - jump - 2));
        }
        final long start = here();
        stepOverRedZone();
        emit(0x50, 0x51); // push rax, rcx
        emit(0x9f, 0x0f, 0x90, 0xc0); // lahf; seto al
        emit(0x64, 0x48, 0x8b, 0x0c, 0x25); // mov rcx, fs:[block]
        code.putInt(layout.blockTls());
        emit(0xe3, slow - code.position() - 2); // jrcxz
        code.put(slowJump - 1, (byte) (code.position() - slowJump));
        emit(0x48, 0xff, 0x81); // inc qword [rcx + counter]
        code.putInt(AgentLayout.BLOCK_COUNTERS + counter * Long.BYTES);
        emit(0x04, 0x7f, 0x9e); // add al, 0x7f; sahf
        emit(0x59, 0x58); // pop rcx, rax
        stepBack();
        return start;
    }

    private long hit(long structure) {
        final long start = here();
        stepOverRedZone();
        emit(0x50);
        loadAddress(structure);
        callLiteral(8);
        emit(0x58);
        stepBack();
        return start;
    }

    private long enter(long structure) {
        final long start = here();
        emit(0x50);
        loadAddress(structure);
        emit(0xff, 0x25); // jmp [enter]
        code.putInt(16 - (code.position() + 4));
        return start;
    }

    private void stepOverRedZone() {
        emit(0x48, 0x8d, 0x64, 0x24, 0x80); // lea rsp, [rsp - 128]
    }

    private void stepBack() {
        emit(0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0); // lea rsp, [rsp + 128]
    }

    private void loadAddress(long address) {
        emit(0x48, 0x8d, 0x05); // lea rax, [rip + …]
        code.putInt(Math.toIntExact(address - (here() + 4)));
    }

    private void callLiteral(int offset) {
        emit(0xff, 0x15); // call [rip + …]
        code.putInt(offset - (code.position() + 4));
    }

    private long here() {
        return base + code.position();
    }

    private void emit(int... bytes) {
        for (int value : bytes) {
            code.put((byte) value);
        }
    }
}
