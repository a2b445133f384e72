package org.dyntrace.daemon.code;

import java.util.Arrays;
import java.util.Optional;
import org.dyntrace.daemon.elf.Module;
import org.dyntrace.mbeans.Reason;

/**
 * The code of one module as it is in the process.
 *
 * @param module the module
 * @param memory of the process
 * @param patched what is ours there
 */
record ProcessCode(Module module, Memory memory, PatchedCode patched) {
    /**
     * {@return why a window can't be replaced: another one is too close, or the code is not what the file holds}
     *
     * @param place where to look from on, in the file's addresses: the window's beginning, or an endbr64 before it
     * @param window in the file's addresses
     */
    Optional<Refusal> conflict(long place, Window window) {
        long address = module.toProcess(place);
        long start = module.toProcess(window.start());
        long end = start + window.length();
        byte[] now = new byte[(int) (end - address)];
        memory.read(address, now);
        for (Window other : patched.in(address, end)) {
            if (other.end() > start) {
                return refuse(
                        Reason.TOO_CLOSE,
                        "The jump of another tracepoint at 0x%x overlaps the one that would be at 0x%x.",
                        other.start(),
                        start);
            }
            for (long i = Math.max(address, other.start()); i < other.end(); i++) {
                now[(int) (i - address)] = other.bytes()[(int) (i - other.start())];
            }
        }
        byte[] expected = FunctionCode.bytes(module.file(), place, window.end()).orElseThrow();
        int difference = Arrays.mismatch(now, expected);
        if (difference >= 0) {
            return refuse(
                    Reason.FOREIGN_PATCH,
                    "The code at 0x%x is not what the module's file holds: a debugger or another tool has changed it.",
                    address + difference);
        }
        return Optional.empty();
    }

    private static Optional<Refusal> refuse(Reason reason, String sentence, Object... arguments) {
        return Optional.of(new Refusal(reason, String.format(sentence, arguments)));
    }
}
