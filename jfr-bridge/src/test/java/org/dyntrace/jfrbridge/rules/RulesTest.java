package org.dyntrace.jfrbridge.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/** The rules as JMC finds and runs them: each has a recording that it speaks of, and one that it passes over. */
class RulesTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final String HIT = "dyntrace.TracepointHit";
    private static final String CALL = "dyntrace.FunctionCall";

    @TempDir
    private Path directory;

    /** What a test puts into a recording. */
    private interface Content {
        void into(MadeRecording recording);
    }

    private Map<String, IResult> judge(Content content) throws Exception {
        Path file = directory.resolve(System.nanoTime() + ".jfr");
        try (MadeRecording recording = new MadeRecording(file)) {
            content.into(recording);
        }
        IItemCollection items = JfrLoaderToolkit.loadEvents(file.toFile());
        Map<String, IResult> results = new TreeMap<>();
        for (IRule rule : RuleRegistry.getRules()) {
            if (rule.getId().startsWith("dyntrace.")) {
                results.put(
                        rule.getId(),
                        RulesToolkit.evaluateParallel(List.of(rule), items, IPreferenceValueProvider.DEFAULT_VALUES, 1)
                                .get(rule)
                                .get());
            }
        }
        assertEquals(5, results.size(), results.keySet().toString());
        return results;
    }

    private static double score(IResult result) {
        return result.getResult(TypedResult.SCORE).doubleValue();
    }

    private static void assertSpeaks(IResult result, double least, String what) {
        assertTrue(score(result) >= least, result.getSummary() + score(result));
        assertTrue(result.getSummary().contains(what), result.getSummary());
        assertFalse(result.getExplanation().isEmpty());
        assertFalse(result.getSolution().isEmpty());
    }

    private static void assertSilent(IResult result) {
        assertEquals(Severity.OK, result.getSeverity(), result.getSummary());
        assertEquals(0, score(result), result.getSummary());
    }

    private static void calls(MadeRecording recording, int count, long usual, int slow, long slowly) {
        for (int i = 0; i < count; i++) {
            recording.add(CALL, i * 10 * MS, i % 100 < slow ? slowly : usual);
        }
    }

    private static void hits(MadeRecording recording, int count, long apart) {
        for (int i = 0; i < count; i++) {
            recording.add(HIT, i * apart, 0);
        }
    }

    @Test
    void hotTracepointIsOneWithTensOfThousandsOfHitsASecond() throws Exception {
        assertSpeaks(judge(r -> hits(r, 20_000, 10_000)).get("dyntrace.HotTracepoint"), 49, "it is hit 100,005 times");
        assertSilent(judge(r -> hits(r, 1000, MS)).get("dyntrace.HotTracepoint"));
    }

    @Test
    void overheadIsAPartOfAThread() throws Exception {
        assertSpeaks(judge(r -> hits(r, 20_000, 1000)).get("dyntrace.Overhead"), 75, "10.0 % of a thread's time");
        assertSilent(judge(r -> hits(r, 1000, MS)).get("dyntrace.Overhead"));
    }

    @Test
    void longTailIsSlowOftenAndForLong() throws Exception {
        String rule = "dyntrace.LongTail";
        assertSpeaks(judge(r -> calls(r, 2000, 10_000, 3, 5 * MS)).get(rule), 60, "one in a hundred 5");
        // Too few calls, no ratio, nothing that somebody could notice, one call alone, and a part of the time that
        // doesn't matter.
        assertSilent(judge(r -> calls(r, 300, 10_000, 3, 5 * MS)).get(rule));
        assertSilent(judge(r -> calls(r, 2000, MS, 3, 5 * MS)).get(rule));
        assertSilent(judge(r -> calls(r, 2000, 100, 3, 100_000)).get(rule));
        assertSilent(judge(r -> calls(r, 2000, 10_000, 0, 0)).get(rule));
        assertSilent(judge(r -> {
                    calls(r, 1999, 10_000, 0, 0);
                    r.add(CALL, 30 * SECOND, 5 * SECOND);
                })
                .get(rule));
        assertSilent(judge(r -> {
                    for (int i = 0; i < 2000; i++) {
                        r.add(CALL, i * SECOND, i % 100 < 40 ? 50 * MS : i % 100 < 42 ? 60 * MS : MS);
                    }
                })
                .get(rule));
    }

    @Test
    void exitsAreMissedWhereThereAreFewerThanEntries() throws Exception {
        for (int missing : new int[] {5, 0}) {
            IResult result = judge(r -> {
                        for (int i = 0; i < 100; i++) {
                            r.add("dyntrace.FunctionEntry", i * MS, 0);
                            if (i >= missing) {
                                r.add("dyntrace.FunctionExit", i * MS + 1000, 0);
                            }
                        }
                    })
                    .get("dyntrace.ExitsMissing");
            if (missing > 0) {
                assertSpeaks(result, 50, "5 of 100 entries of f have no exit");
            } else {
                assertSilent(result);
            }
        }
    }

    @Test
    void hitsDuringCollectionsAreMoreThanChance() throws Exception {
        // A tenth of the time is paused; half of the hits are then, or a tenth.
        for (long share : new long[] {50, 10}) {
            IResult result = judge(r -> {
                        for (int i = 0; i < 100; i++) {
                            r.add("jdk.GCPhasePause", i * 100 * MS, 10 * MS);
                            r.add(HIT, i * 100 * MS + (i < share ? 5 * MS : 50 * MS), 0);
                        }
                    })
                    .get("dyntrace.HitsDuringGc");
            if (share == 50) {
                assertSpeaks(result, 50, "50 of 100 hits of it were during GC pauses");
            } else {
                assertSilent(result);
            }
        }
    }

    @Test
    void withoutEventsOfDyntraceNoRuleSpeaks() throws Exception {
        judge(r -> r.add("jdk.GCPhasePause", 0, MS))
                .values()
                .forEach(result -> assertEquals(Severity.NA, result.getSeverity()));
    }
}
