package org.dyntrace.daemon.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dyntrace.daemon.inject.SeccompFilter.Verdict;
import org.junit.jupiter.api.Test;

/** What filters do to calls of which not all is known. */
class SeccompFilterTest {
    private static final long ALLOW = instruction(0x06, 0, 0, 0x7fff0000L);
    private static final long ERRNO = instruction(0x06, 0, 0, 0x00050001L);
    private static final long KILL = instruction(0x06, 0, 0, 0x80000000L);
    private static final long NUMBER = instruction(0x20, 0, 0, 0);
    private static final long FIRST_ARGUMENT = instruction(0x20, 0, 0, 16);
    private static final long INSTRUCTION_POINTER = instruction(0x20, 0, 0, 8);

    private static long instruction(int code, int whenTrue, int whenFalse, long k) {
        return code | (long) whenTrue << 16 | (long) whenFalse << 24 | k << 32;
    }

    private static long jumpIfEqual(long k, int whenTrue, int whenFalse) {
        return instruction(0x15, whenTrue, whenFalse, k);
    }

    private static Verdict verdict(SystemCall call, long... program) {
        return new SeccompFilter(program).verdict(call);
    }

    @Test
    void byNumber() {
        long[] onlyRead = {NUMBER, jumpIfEqual(0, 0, 1), ALLOW, KILL};
        assertEquals(Verdict.ALLOWED, verdict(SystemCall.needed("read", 0), onlyRead));
        assertEquals(Verdict.FATAL, verdict(SystemCall.needed("write", 1), onlyRead));
    }

    @Test
    void byArgument() {
        long[] onlyUnixSockets = {FIRST_ARGUMENT, jumpIfEqual(1, 0, 1), ALLOW, ERRNO};
        assertEquals(Verdict.ALLOWED, verdict(SystemCall.needed("socket", 41, 1L), onlyUnixSockets));
        assertEquals(Verdict.ERROR, verdict(SystemCall.needed("socket", 41, 2L), onlyUnixSockets));
        // Not known: the worse of both ways, whichever comes first.
        assertEquals(Verdict.ERROR, verdict(SystemCall.needed("socket", 41), onlyUnixSockets));
        assertEquals(
                Verdict.FATAL,
                verdict(SystemCall.needed("socket", 41), FIRST_ARGUMENT, jumpIfEqual(1, 0, 1), KILL, ALLOW));
    }

    @Test
    void byWhatIsNeverKnown() {
        long[] fromOnePlace = {INSTRUCTION_POINTER, jumpIfEqual(4711, 0, 1), ALLOW, KILL};
        assertEquals(Verdict.FATAL, verdict(SystemCall.needed("read", 0), fromOnePlace));
        // The argument, masked by nothing: known whatever it is; then returned.
        assertEquals(Verdict.FATAL, verdict(SystemCall.needed("read", 0), FIRST_ARGUMENT, instruction(0x16, 0, 0, 0)));
    }

    @Test
    void withArithmeticAndMemory() {
        long[] masked = {
            FIRST_ARGUMENT,
            instruction(0x54, 0, 0, 0xf0), // and
            instruction(0x02, 0, 0, 3), // to memory
            instruction(0x00, 0, 0, 7), // a constant
            instruction(0x60, 0, 0, 3), // from memory
            jumpIfEqual(0x30, 0, 1),
            ALLOW,
            KILL
        };
        assertEquals(Verdict.ALLOWED, verdict(SystemCall.needed("x", 1, 0x3fL), masked));
        assertEquals(Verdict.FATAL, verdict(SystemCall.needed("x", 1, 0x4fL), masked));
    }

    @Test
    void thatDontEnd() {
        assertEquals(Verdict.FATAL, verdict(SystemCall.needed("read", 0), NUMBER));
        long[] loop = {instruction(0x05, 0, 0, 0xffffffffL)};
        assertEquals(Verdict.FATAL, verdict(SystemCall.needed("read", 0), loop));
    }
}
