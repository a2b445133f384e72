package org.dyntrace.daemon.record;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CLOCK_MONOTONIC and CLOCK_REALTIME, read together now and then: who sets the wall clock meanwhile is found out by that. They are kept in a file,
 * a line each, for the next daemon.
 */
final class ClockLog {
    private static final Logger LOG = System.getLogger(ClockLog.class.getName());
    private static final Pattern LINE = Pattern.compile("\\d{1,18} \\d{1,18}");
    private static final int MAX = 10_000;
    private static final int TRIES = 5;

    private final Path file;
    private final List<Sample> samples = new ArrayList<>();

    /** Both clocks, in ns. */
    record Sample(long monotonic, long realtime) {
        private String line() {
            return monotonic + " " + realtime + "\n";
        }
    }

    /** With what is in the file. */
    ClockLog(Path file) {
        this.file = file;
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    if (LINE.matcher(line).matches()) {
                        String[] both = line.split(" ");
                        samples.add(new Sample(Long.parseLong(both[0]), Long.parseLong(both[1])));
                    }
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, file + " can't be read", e);
        }
    }

    /** Reads both; of a few tries the quickest, in which the thread did not lose its processor. */
    synchronized void sample() {
        Sample best = null;
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long before = System.nanoTime();
            Instant now = Instant.now();
            long took = System.nanoTime() - before;
            if (took < shortest) {
                shortest = took;
                best = new Sample(before + took / 2, now.getEpochSecond() * 1_000_000_000L + now.getNano());
            }
        }
        try {
            if (samples.size() >= MAX) {
                thin();
            }
            samples.add(best);
            Files.writeString(file, best.line(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, file + " can't be written", e);
        }
    }

    /** Every second one is enough then. */
    private void thin() throws IOException {
        List<Sample> half = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < samples.size(); i += 2) {
            half.add(samples.get(i));
            text.append(samples.get(i).line());
        }
        samples.clear();
        samples.addAll(half);
        Files.writeString(file, text);
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }
}
