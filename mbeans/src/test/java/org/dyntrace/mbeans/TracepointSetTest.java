package org.dyntrace.mbeans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TracepointSetTest {
    private static final String TEXT = """
            dyntrace-set 1
            program '/opt/my server/bin/it'\\''s' 00ff
                'ns::Queue<int>::push(int const&)@libq.so.1' -e -n pushes lttng
                mem*@libc.so.6 log '/tmp/a b.log'
            java org.example.Main
                java:java.util.HashMap.put -n puts count --jfr
            """;

    @Test
    void readsWhatItWrites() {
        TracepointSet set = TracepointSet.parse(TEXT);
        assertEquals(TEXT, set.toString());
        assertEquals(
                new ProgramKey.Program("/opt/my server/bin/it's", "00ff"),
                set.parts().get(0).key());
        SavedTracepoint first = set.parts().get(0).tracepoints().get(0);
        assertEquals("pushes", first.name());
        assertTrue(first.entryExit());
        assertEquals(
                List.of("/tmp/a b.log"),
                set.parts().get(0).tracepoints().get(1).tracer().arguments());
        assertTrue(set.parts().get(1).tracepoints().get(0).tracer().jfr());
    }

    @Test
    void commentsAndEmptyLinesSayNothing() {
        TracepointSet set = TracepointSet.parse("# mine\n\ndyntrace-set 1\nprogram /bin/x\n\t# here\n\tmain count\n");
        assertEquals("dyntrace-set 1\nprogram /bin/x\n    main count\n", set.toString());
    }

    @Test
    void relativeLogFilesLieBesideTheSet() {
        TracepointSet set = TracepointSet.parse("dyntrace-set 1\nprogram /bin/x\n main log hits.log\n");
        assertEquals(
                List.of("/etc/sets/hits.log"),
                set.in(Path.of("/etc/sets"))
                        .parts()
                        .get(0)
                        .tracepoints()
                        .get(0)
                        .tracer()
                        .arguments());
    }

    @ParameterizedTest
    @CsvSource({
        "'', no tracepoint",
        "'hello', Line 1: This is no set",
        "'dyntrace-set 2', Line 1: This is no set",
        "'dyntrace-set 1', no tracepoint",
        "'dyntrace-set 1;program /bin/x', no tracepoint",
        "'dyntrace-set 1; main count', Line 2: This tracepoint is for no program",
        "'dyntrace-set 1;program', Line 2",
        "'dyntrace-set 1;java A b', Line 2",
        "'dyntrace-set 1;bogus x', Line 2",
        "'dyntrace-set 1;java A; f count;java A; f count', Line 4: A has a part already",
        "'dyntrace-set 1;java A; f -n a count; g -n a count', Line 4: 'a' comes twice",
        "'dyntrace-set 1;java A; f', Line 3: The tracer is missing",
        "'dyntrace-set 1;java A; f -x count', Line 3: '-x' is no option",
        "'dyntrace-set 1;java A; f -n', Line 3: '-n' is no option",
        "'dyntrace-set 1;java A; f nonsense', Line 3: No tracer is called",
        "'dyntrace-set 1;java A; ''f count', Line 3: A quote does not end",
    })
    void saysWhichLineDoesNotFit(String lines, String message) {
        Failure failure = assertThrows(Failure.class, () -> TracepointSet.parse(lines.replace(';', '\n')));
        assertTrue(failure.getMessage().contains(message), failure::getMessage);
    }

    @Test
    void isBounded() {
        assertThrows(Failure.class, () -> TracepointSet.parse("#".repeat(TracepointSet.MAX_LENGTH + 1)));
    }
}
