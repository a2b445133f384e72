package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What others read in recordings: babeltrace2 and the JDK. */
final class Traces {
    /** Not events, but what the file needs; jfr's summary has them. */
    private static final Set<String> OWN = Set.of("jdk.Metadata", "jdk.CheckPoint");

    private Traces() {}

    /** {@return a trace as babeltrace2 prints it: each event on a line, with its time in seconds} */
    static String babeltrace(Path trace) {
        return Shell.run("babeltrace2", "--clock-seconds", "--clock-gmt", "--no-delta", trace.toString())
                        .ok()
                + "\n";
    }

    /** {@return the number of events of each name} */
    static Map<String, Long> counts(Stream<String> names) {
        return names.collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    /** {@return the number of events of each name in a trace, as babeltrace2 prints them} */
    static Map<String, Long> counts(String babeltrace) {
        return counts(babeltrace.lines().map(line -> line.replaceAll(".* (\\w+:\\w+): \\{.*", "$1")));
    }

    /** {@return the events of a recording, as the JDK reads them} */
    static List<RecordedEvent> jfr(Path file) {
        try {
            return RecordingFile.readAllEvents(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the number of events of each type in a recording, as jfr's summary has it} */
    static Map<String, Long> summary(Path file) {
        Map<String, Long> counts = new TreeMap<>();
        Shell.run(Jvm.own("jfr").toString(), "summary", file.toString())
                .ok()
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length == 3 && words[0].contains(".") && words[1].matches("\\d+"))
                .filter(words -> !words[1].equals("0") && !OWN.contains(words[0]))
                .forEach(words -> counts.put(words[0], Long.parseLong(words[1])));
        return counts;
    }
}
