package org.dyntrace.jfrbridge.timeline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.clock.ClockSamples;

/**
 * What a directory with a recording says about itself, in its file {@value #NAME}; a recording can be read without. A JSON object:
 *
 * <pre>{@code
 * {
 *   "format": 1,
 *   "name": "…", "host": "…", "uid": 0, "user": "…",      who made it, and where
 *   "started": 0, "stopped": 0,                            in ns since 1970
 *   "processes": [{"pid": 1, "name": "java", "command": "…", "jfr": ["1.jfr"]}],
 *   "lttng": ["lttng"],                                    directories of traces
 *   "clock": [{"monotonic": 0, "realtime": 0}]             both clocks, read together, in ns: at the beginning, each 10 s, at the end
 * }
 * }</pre>
 *
 * <p>Paths are relative to the directory. What is not known here is passed over, so that later versions can say more.
 *
 * @param processes by the JFR files that are theirs
 * @param names of processes, by pid
 * @param clock samples of the machine's clocks
 */
record Manifest(Map<Path, Integer> processes, Map<Integer, String> names, List<ClockSamples.Sample> clock) {
    static final String NAME = "dyntrace-recording.json";
    private static final long MAX = 16 << 20;

    static final Manifest NONE = new Manifest(Map.of(), Map.of(), List.of());

    static Manifest of(Path file) throws IOException {
        if (Files.size(file) > MAX) {
            throw new IOException("it has more than " + MAX + " bytes");
        }
        Map<Path, Integer> processes = new HashMap<>();
        Map<Integer, String> names = new HashMap<>();
        List<ClockSamples.Sample> clock = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(Files.readAllBytes(file))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("processes") && parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        process(parser, file, processes, names);
                    }
                } else if (name.equals("clock") && parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        Map<String, Long> numbers = numbers(parser);
                        clock.add(new ClockSamples.Sample(
                                numbers.getOrDefault("monotonic", 0L), numbers.getOrDefault("realtime", 0L)));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new Manifest(processes, names, clock);
    }

    private static void process(JsonParser parser, Path file, Map<Path, Integer> processes, Map<Integer, String> names)
            throws IOException {
        int pid = -1;
        String name = "";
        List<Path> recordings = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            if (field.equals("pid")) {
                pid = parser.getIntValue();
            } else if (field.equals("name")) {
                name = parser.getText();
            } else if (field.equals("jfr") && parser.currentToken() == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.VALUE_STRING) {
                    recordings.add(file.resolveSibling(parser.getText()).normalize());
                }
            } else {
                parser.skipChildren();
            }
        }
        names.put(pid, name);
        for (Path recording : recordings) {
            processes.put(recording, pid);
        }
    }

    private static Map<String, Long> numbers(JsonParser parser) throws IOException {
        Map<String, Long> numbers = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                numbers.put(name, parser.getLongValue());
            } else {
                parser.skipChildren();
            }
        }
        return numbers;
    }
}
