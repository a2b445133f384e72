package org.dyntrace.e2e;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;

/** What the log tracer wrote. */
record LogLines(List<String> lines) {
    private static final Pattern LINE =
            Pattern.compile("\\d+\\.\\d{9} (\\d+)/(\\d+) (hit|entry|exit) +(\\S+) 0x\\p{XDigit}+ (\\S+)");

    static LogLines of(Path file) {
        return new LogLines(Waiting.text(file).lines().toList());
    }

    /** {@return how many lines tell this event of this tracepoint} */
    long count(String event, String tracepoint) {
        return lines.stream()
                .map(LogLines::parsed)
                .filter(line -> line.group(3).equals(event) && line.group(4).equals(tracepoint))
                .count();
    }

    /** Whether in every thread each exit belongs to the innermost open entry, and none stays open. */
    void assertPaired() {
        Map<String, Deque<String>> open = new HashMap<>();
        for (String text : lines) {
            Matcher line = parsed(text);
            Deque<String> frames = open.computeIfAbsent(line.group(2), tid -> new ArrayDeque<>());
            String frame = line.group(4) + " " + line.group(5);
            if (line.group(3).equals("entry")) {
                frames.push(frame);
            } else {
                Assertions.assertEquals(frames.poll(), frame, text);
            }
        }
        open.forEach(
                (tid, frames) -> Assertions.assertTrue(frames.isEmpty(), () -> tid + " has open " + frames.size()));
    }

    private static Matcher parsed(String text) {
        Matcher line = LINE.matcher(text);
        Assertions.assertTrue(line.matches(), text);
        return line;
    }
}
