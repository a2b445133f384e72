package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;
import org.openjdk.jmc.flightrecorder.writer.api.Recording;
import org.openjdk.jmc.flightrecorder.writer.api.Recordings;
import org.openjdk.jmc.flightrecorder.writer.api.Type;

/** The rules in the bundle, which has copies of the classes of jfr-bridge: they find the same as there, where tests say what they shall find. */
class BundledRulesTest {
    private static final Path SEAM = Path.of("../jfr-bridge/src/test/resources/seam/seam.jfr");

    /** 2026-01-01, in ns since 1970. */
    private static final long BEGIN = 1_767_225_600_000_000_000L;

    private static final int HITS = 100_000;
    private static final long HIT_NANOS = 3000;

    @TempDir
    private Path directory;

    @Test
    void findWhatTheyFindInTheBridge() throws Exception {
        Map<String, String> quiet = judge(SEAM.toFile());
        assertEquals(
                Set.of("0.0"),
                Set.copyOf(quiet.values().stream()
                        .map(result -> result.substring(0, result.indexOf(' ')))
                        .toList()),
                quiet::toString);
        Map<String, String> loud = judge(busy());
        for (String rule : List.of("HotTracepoint", "Overhead", "ExitsMissing")) {
            String result = loud.get("dyntrace." + rule);
            double score = Double.parseDouble(result.substring(0, result.indexOf(' ')));
            assertTrue(score >= 25, loud::toString);
        }
    }

    /** Hits each 3 us, and entries without exits, at times that no load of the machine changes. */
    private File busy() throws Exception {
        File file = directory.resolve("busy.jfr").toFile();
        try (Recording recording = Recordings.newRecording(
                Files.newOutputStream(file.toPath()),
                settings -> settings.withTimestamp(BEGIN)
                        .withStartTicks(1)
                        .withDuration(1_000_000_000)
                        .withJdkTypeInitialization())) {
            Type hit = MillionCalls.type(recording, "dyntrace.TracepointHit");
            for (int i = 0; i < HITS; i++) {
                write(recording, hit, 1 + i * HIT_NANOS, "hot", "f");
            }
            Type entry = MillionCalls.type(recording, "dyntrace.FunctionEntry");
            for (int i = 0; i < 100; i++) {
                write(recording, entry, HITS * HIT_NANOS + i, "lost", "g");
            }
        }
        return file;
    }

    private static void write(Recording recording, Type type, long ticks, String tracepoint, String symbol) {
        recording.writeEvent(type.asValue(value -> {
            value.putField("startTime", ticks);
            value.putField("duration", 0L);
            value.putField("tracepoint", tracepoint);
            value.putField("symbol", symbol);
        }));
    }

    /** {@return what the bundle's rules find, by id: a score and a sentence} */
    private static Map<String, String> judge(File file) throws Exception {
        IItemCollection items = JfrLoaderToolkit.loadEvents(file);
        Map<String, String> bundled = new TreeMap<>();
        try (URLClassLoader bundle = new BundleAlone()) {
            for (ServiceLoader.Provider<IRule> provider :
                    ServiceLoader.load(IRule.class, bundle).stream().toList()) {
                if (provider.type().getName().startsWith("org.dyntrace.")) {
                    assertEquals(bundle, provider.type().getClassLoader());
                    bundled.put(provider.get().getId(), result(provider.get(), items));
                }
            }
        }
        Map<String, String> bridge = new TreeMap<>();
        for (IRule rule : RuleRegistry.getRules()) {
            if (rule.getId().startsWith("dyntrace.")) {
                assertNotEquals(
                        BundleAlone.class, rule.getClass().getClassLoader().getClass());
                bridge.put(rule.getId(), result(rule, items));
            }
        }
        assertEquals(5, bundled.size(), bundled::toString);
        assertEquals(bridge, bundled);
        return bundled;
    }

    private static String result(IRule rule, IItemCollection items) throws Exception {
        IResult result = RulesToolkit.evaluateParallel(List.of(rule), items, IPreferenceValueProvider.DEFAULT_VALUES, 1)
                .get(rule)
                .get();
        var score = result.getResult(TypedResult.SCORE);
        return (score == null ? "none" : score.doubleValue()) + " " + result.getSummary();
    }

    /** Ours from the bundle, and only from there; all else as in these tests. */
    private static final class BundleAlone extends URLClassLoader {
        BundleAlone() throws java.net.MalformedURLException {
            super(new URL[] {Installed.bundle().toUri().toURL()}, BundledRulesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("org.dyntrace.") && !name.startsWith("org.HdrHistogram.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
