package org.dyntrace.daemon.patch;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * The pages of text that a batch of patches lies in, read and written whole: a few calls of the kernel, however many places there are.
 * Only pages that change are written, so no other page becomes the process's own copy.
 *
 * <p>What shall be there is put together before the process stands still; then it is only compared with what was there, and written.
 */
final class TextPages {
    private static final int PAGE = 4096;
    /** Neighbours are read and written together, up to this many bytes. */
    private static final int RUN = 64 * PAGE;

    private final ProcessMemory memory;
    private final NavigableMap<Long, Run> runs = new TreeMap<>();

    /** What was there, what shall be there, and room for another look. */
    private record Run(byte[] before, byte[] after, byte[] now) {}

    /**
     * Reads the pages.
     *
     * @param memory of the process
     * @param patches what is of interest, by address; pages that can't be read are left out
     */
    TextPages(ProcessMemory memory, List<Patch> patches) {
        this.memory = memory;
        long start = 0;
        long end = 0;
        for (Patch patch : patches) {
            long first = patch.window().start() & -PAGE;
            long behind = (patch.window().end() + PAGE - 1) & -PAGE;
            if (first > end || behind - start > RUN) {
                read(start, end);
                start = Math.max(first, end);
            }
            end = Math.max(end, behind);
        }
        read(start, end);
    }

    private void read(long start, long end) {
        byte[] bytes = new byte[(int) (end - start)];
        if (bytes.length == 0) {
            return;
        }
        if (memory.tryRead(start, bytes)) {
            runs.put(start, new Run(bytes, bytes.clone(), new byte[bytes.length]));
        } else if (bytes.length > PAGE) {
            for (long page = start; page < end; page += PAGE) {
                read(page, page + PAGE);
            }
        }
    }

    /** {@return whether the pages still hold what they held when they were read} */
    boolean isAsBefore() {
        for (Map.Entry<Long, Run> each : runs.entrySet()) {
            Run run = each.getValue();
            if (!memory.tryRead(each.getKey(), run.now) || !Arrays.equals(run.now, run.before)) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether the pages held what is to be replaced when they were read} */
    boolean held(Patch patch) {
        return held(patch.window().start(), patch.before());
    }

    private boolean held(long address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            Map.Entry<Long, Run> run = runs.floorEntry(address + done);
            int from = run == null ? 0 : (int) Math.min(Integer.MAX_VALUE, address + done - run.getKey());
            int size = run == null ? 0 : Math.min(bytes.length - done, run.getValue().before.length - from);
            if (size <= 0 || !Arrays.equals(run.getValue().before, from, from + size, bytes, done, done + size)) {
                return false;
            }
            done += size;
        }
        return true;
    }

    /** What is to be there; it must have been held. */
    void put(Patch patch) {
        put(patch.window().start(), patch.after());
    }

    private void put(long address, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            Map.Entry<Long, Run> run = runs.floorEntry(address + done);
            int from = (int) (address + done - run.getKey());
            int size = Math.min(bytes.length - done, run.getValue().after.length - from);
            System.arraycopy(bytes, done, run.getValue().after, from, size);
            done += size;
        }
    }

    /** Writes those that change, or puts back what was there and throws. */
    void write() {
        try {
            runs.forEach(this::write);
        } catch (RuntimeException e) {
            runs.forEach((start, run) -> restore(start, run, e));
            throw e;
        }
    }

    private void write(long start, Run run) {
        int from = 0;
        for (int page = 0; page <= run.before.length; page += PAGE) {
            if (page < run.before.length && changes(run, page)) {
                continue;
            }
            if (page > from) {
                memory.write(start + from, Arrays.copyOfRange(run.after, from, page));
            }
            from = page + PAGE;
        }
    }

    private static boolean changes(Run run, int page) {
        return !Arrays.equals(run.before, page, page + PAGE, run.after, page, page + PAGE);
    }

    /** As much of it as is still there. */
    private void restore(long start, Run run, RuntimeException cause) {
        for (int page = 0; page < run.before.length; page += PAGE) {
            byte[] now = new byte[PAGE];
            byte[] was = Arrays.copyOfRange(run.before, page, page + PAGE);
            if (memory.tryRead(start + page, now) && !Arrays.equals(now, was)) {
                try {
                    memory.write(start + page, was);
                } catch (RuntimeException e) {
                    cause.addSuppressed(e);
                }
            }
        }
    }
}
