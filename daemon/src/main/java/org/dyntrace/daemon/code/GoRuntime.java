package org.dyntrace.daemon.code;

import java.util.Arrays;
import java.util.List;

/**
 * Functions of Go's own packages that don't look whether there is room on their stack ({@code //go:nosplit}). Chains of them may use a
 * goroutine's stack up to its last byte, where nothing is left for the 200 bytes that a tracepoint needs. Functions of other packages
 * come behind at most a few that look; the linker then leaves 800 bytes (cmd/internal/objabi, StackLimit).
 */
final class GoRuntime {
    private static final List<String> PACKAGES = List.of(
            "runtime.",
            "runtime/",
            "internal/",
            "syscall.",
            "sync.",
            "sync/atomic.",
            "reflect.",
            "gogo",
            "_cgo",
            "crosscall",
            "_rt0");

    /** cmp rsp, [r14 + 16], or r12 or r13 in its place for large frames: r14 is the goroutine, and its stack's end is there. */
    private static final byte[][] LOOKS = {{0x49, 0x3b, 0x66, 0x10}, {0x4d, 0x3b, 0x66, 0x10}, {0x4d, 0x3b, 0x6e, 0x10}
    };

    /** The comparison is at the function's beginning, if there is one. */
    private static final int BEGINNING = 48;

    private GoRuntime() {}

    static boolean hasNoRoom(List<String> linkNames, byte[] code) {
        return linkNames.stream().anyMatch(name -> PACKAGES.stream().anyMatch(name::startsWith)) && !looks(code);
    }

    private static boolean looks(byte[] code) {
        for (int at = 0; at + 4 <= Math.min(code.length, BEGINNING); at++) {
            for (byte[] compare : LOOKS) {
                if (Arrays.equals(code, at, at + 4, compare, 0, 4)) {
                    return true;
                }
            }
        }
        return false;
    }
}
