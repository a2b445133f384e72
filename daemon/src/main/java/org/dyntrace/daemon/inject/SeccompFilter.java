package org.dyntrace.daemon.inject;

/**
 * What a seccomp filter does to a system call of which not all is known: classic BPF, executed with values that may be unknown; where a
 * jump depends on one, both ways are followed.
 *
 * <p>The instructions and the data are those of linux/filter.h and linux/seccomp.h; see Documentation/userspace-api/seccomp_filter.rst.
 */
final class SeccompFilter {
    /** What the worst way through a filter comes to. */
    enum Verdict {
        /** The system call is made. */
        ALLOWED,
        /** It isn't made, and returns an error. */
        ERROR,
        /** The process is killed, or gets a signal, or another process decides; or there is no telling. */
        FATAL
    }

    /** Steps of all ways together; the kernel's longest filters have 4,096 instructions. */
    private static final int MOST_STEPS = 1_000_000;

    private static final long ARCH_X86_64 = 0xc000003eL;
    private static final int DATA_SIZE = 64;
    private static final int ARGUMENTS = 16;

    private static final int ACTION_ALLOW = 0x7fff;
    private static final int ACTION_LOG = 0x7ffc;
    private static final int ACTION_ERRNO = 0x0005;

    private final long[] program;
    private int steps;

    SeccompFilter(long[] program) {
        this.program = program;
    }

    /** {@return the worst that it may do to a call} */
    Verdict verdict(SystemCall call) {
        steps = 0;
        return run(0, new Value[18], call);
    }

    /** A 32-bit value; null where it isn't known. */
    private record Value(long bits) {
        static Value of(long bits) {
            return new Value(bits & 0xffffffffL);
        }
    }

    private Verdict run(int from, Value[] start, SystemCall call) {
        // Words 0 to 15 of the scratch memory, then A and X.
        Value[] at = start.clone();
        final int a = 16;
        final int x = 17;
        int pc = from;
        while (pc >= 0 && pc < program.length && ++steps < MOST_STEPS) {
            long instruction = program[pc++];
            int code = (int) (instruction & 0xffff);
            int whenTrue = (int) (instruction >> 16 & 0xff);
            int whenFalse = (int) (instruction >> 24 & 0xff);
            long k = instruction >>> 32;
            int source = code & 8;
            Value operand = source == 0 ? Value.of(k) : at[x];
            switch (code & 7) {
                case 0 -> at[a] = load(code, k, at, call);
                case 1 -> at[x] = load(code, k, at, call);
                case 2 -> at[(int) (k & 15)] = at[a];
                case 3 -> at[(int) (k & 15)] = at[x];
                case 4 -> at[a] = calculate(code & 0xf0, at[a], operand);
                case 5 -> {
                    if ((code & 0xf0) == 0) {
                        pc += (int) k;
                    } else if (at[a] == null || operand == null) {
                        Verdict one = run(pc + whenTrue, at, call);
                        Verdict other = one == Verdict.FATAL ? one : run(pc + whenFalse, at, call);
                        return one.compareTo(other) > 0 ? one : other;
                    } else {
                        pc += holds(code & 0xf0, at[a].bits(), operand.bits()) ? whenTrue : whenFalse;
                    }
                }
                case 6 -> {
                    return source == 0 && (code & 0x10) == 0
                            ? action(k)
                            : at[a] == null ? Verdict.FATAL : action(at[a].bits());
                }
                default -> {
                    if ((code & 0xf8) == 0) {
                        at[x] = at[a];
                    } else {
                        at[a] = at[x];
                    }
                }
            }
        }
        return Verdict.FATAL;
    }

    private static Value load(int code, long k, Value[] memory, SystemCall call) {
        return switch (code & 0xe0) {
            case 0x00 -> Value.of(k);
            case 0x20 -> data((int) k, call);
            case 0x60 -> memory[(int) (k & 15)];
            case 0x80 -> Value.of(DATA_SIZE);
            default -> null;
        };
    }

    private static Value data(int offset, SystemCall call) {
        if (offset == 0) {
            return Value.of(call.number());
        }
        if (offset == 4) {
            return Value.of(ARCH_X86_64);
        }
        int argument = (offset - ARGUMENTS) / Long.BYTES;
        if (offset < ARGUMENTS
                || argument >= call.arguments().size()
                || call.arguments().get(argument) == null) {
            return null;
        }
        long value = call.arguments().get(argument);
        return Value.of(offset % Long.BYTES == 0 ? value : value >>> 32);
    }

    private static Value calculate(int operation, Value a, Value operand) {
        if (a == null || operation != 0x80 && operand == null) {
            return null;
        }
        long left = a.bits();
        long right = operation == 0x80 ? 0 : operand.bits();
        return switch (operation) {
            case 0x00 -> Value.of(left + right);
            case 0x10 -> Value.of(left - right);
            case 0x20 -> Value.of(left * right);
            case 0x30 -> right == 0 ? null : Value.of(left / right);
            case 0x40 -> Value.of(left | right);
            case 0x50 -> Value.of(left & right);
            case 0x60 -> right > 31 ? null : Value.of(left << right);
            case 0x70 -> right > 31 ? null : Value.of(left >>> right);
            case 0x80 -> Value.of(-left);
            case 0xa0 -> Value.of(left ^ right);
            default -> null;
        };
    }

    private static boolean holds(int condition, long a, long operand) {
        return switch (condition) {
            case 0x10 -> a == operand;
            case 0x20 -> a > operand;
            case 0x30 -> a >= operand;
            default -> (a & operand) != 0;
        };
    }

    private static Verdict action(long value) {
        return switch ((int) (value >>> 16)) {
            case ACTION_ALLOW, ACTION_LOG -> Verdict.ALLOWED;
            case ACTION_ERRNO -> Verdict.ERROR;
            default -> Verdict.FATAL;
        };
    }
}
