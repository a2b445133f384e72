package org.dyntrace.daemon.code;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.dyntrace.daemon.elf.CodeRange;
import org.dyntrace.daemon.elf.ModuleFile;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** All places in a file's code that anything in the file refers to. Addresses are those of the file. */
final class CodeIndex {
    private static final long SPAN_MAX = 1L << 31;

    private final long low;
    private final long[] references;
    private final long[] landmarks;
    private final long[] pointers;
    private final JumpScan jumps;

    private CodeIndex(ModuleFile file, long low, long[] references, long[] landmarks) {
        this.low = low;
        this.references = references;
        this.landmarks = landmarks;
        this.pointers = file.pointers();
        this.jumps = new JumpScan(file, this);
    }

    /**
     * Sweeps over all of a file's code.
     *
     * @throws Failure UNSUPPORTED when the file is damaged or its code spans more than 2 GiB
     */
    static CodeIndex of(ModuleFile file, Codec codec) {
        List<CodeRange> code = file.code();
        long low = code.stream().mapToLong(CodeRange::address).min().orElse(0);
        long high = code.stream().mapToLong(CodeRange::end).max().orElse(0);
        if (high - low > SPAN_MAX) {
            throw new Failure(
                    Reason.UNSUPPORTED, "The module's code spans more than 2 GiB.", "Its functions can't be traced.");
        }
        long[] landmarks = file.landmarks();
        long[] references = new long[0];
        for (CodeRange range : code) {
            long[] some =
                    codec.references(range.bytes(), range.address(), starts(landmarks, range), low, high, file.fixed());
            int count = references.length;
            references = Arrays.copyOf(references, count + some.length);
            System.arraycopy(some, 0, references, count, some.length);
        }
        Arrays.sort(references);
        return new CodeIndex(file, low, references, landmarks);
    }

    /** {@return whether none of a file's code changes other vector registers than the lower parts of xmm0 to xmm7} */
    static boolean isBaseline(ModuleFile file, Codec codec) {
        long[] landmarks = file.landmarks();
        return file.code().stream().allMatch(range -> codec.isBaseline(range.bytes(), starts(landmarks, range)));
    }

    private static int[] starts(long[] landmarks, CodeRange range) {
        return Arrays.stream(landmarks)
                .filter(range::contains)
                .mapToInt(landmark -> (int) (landmark - range.address()))
                .toArray();
    }

    /** {@return how many references the code holds} */
    int size() {
        return references.length;
    }

    /** {@return which functions may jump by computation} */
    JumpScan jumps() {
        return jumps;
    }

    /** {@return whether code refers to a place from {@code start} to before {@code end}, from a source that passes the test} */
    boolean isReferred(long start, long end, LongPredicate source) {
        for (int i = firstFrom(references, start - low << 32); i < references.length; i++) {
            if (low + (references[i] >>> 32) >= end) {
                return false;
            }
            if (source.test(low + (references[i] & 0xffffffffL))) {
                return true;
            }
        }
        return false;
    }

    /** {@return where code refers to a place from {@code start} to before {@code end}; at most this many} */
    long[] sources(long start, long end, int most) {
        int from = firstFrom(references, start - low << 32);
        int to = firstFrom(references, end - low << 32);
        return Arrays.stream(references, from, from + Math.min(to - from, most))
                .map(reference -> low + (reference & 0xffffffffL))
                .toArray();
    }

    /** {@return whether a symbol, or a function by the unwind table, begins from {@code start} to before {@code end}} */
    boolean isLandmark(long start, long end) {
        return any(landmarks, start, end);
    }

    /** {@return whether data or an exception table refer to a place from {@code start} to before {@code end}} */
    boolean isPointedTo(long start, long end) {
        return any(pointers, start, end);
    }

    private static boolean any(long[] sorted, long start, long end) {
        int at = firstFrom(sorted, start);
        return at < sorted.length && sorted[at] < end;
    }

    private static int firstFrom(long[] sorted, long value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
