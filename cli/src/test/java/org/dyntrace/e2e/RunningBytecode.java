package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** The bytecode that a JVM runs, read out of its memory by the JDK's Serviceability Agent, which knows nothing of dyntrace. */
final class RunningBytecode {
    private static final String DUMPS = "sun.jvm.hotspot.tools.jcore";
    private static final int ATTEMPTS = 3;

    /** A class has its constants under other numbers after a retransformation. */
    private static final Pattern NUMBER = Pattern.compile("#\\d+(, +\\d+)?");
    /** The Serviceability Agent tells the name of a call site only if it is linked. */
    private static final Pattern CALL_SITE = Pattern.compile("(?m)(: invokedynamic ).*");

    private RunningBytecode() {}

    /** {@return the methods of the loaded classes of a package as javap shows them, by class} */
    static Map<String, String> of(Program program, Path java, String inPackage, Path directory) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Path dump = directory.resolve("dump" + i);
            // Stops the JVM wherever it is: its structures may be half changed, such as by a compilation.
            if (dump(program, java, inPackage, dump).exitCode() == 0) {
                return read(java, dump);
            }
        }
        throw new AssertionError("can't be read");
    }

    private static Result dump(Program program, Path java, String inPackage, Path to) {
        return Shell.run(
                java.toString(),
                "--add-modules",
                "jdk.hotspot.agent",
                "-D" + DUMPS + ".filter=" + DUMPS + ".PackageNameFilter",
                "-D" + DUMPS + ".PackageNameFilter.pkgList=" + inPackage,
                "-D" + DUMPS + ".outputDir=" + to,
                "-m",
                "jdk.hotspot.agent/" + DUMPS + ".ClassDump",
                "" + program.pid());
    }

    /** Those of lambdas come and go. */
    private static boolean isFromFile(Path dumped) {
        return dumped.toString().endsWith(".class") && !dumped.toString().contains("$$Lambda");
    }

    private static Map<String, String> read(Path java, Path dump) {
        Map<String, String> byClass = new TreeMap<>();
        try (Stream<Path> files = Files.walk(dump)) {
            List<String> javap =
                    new ArrayList<>(List.of(java.resolveSibling("javap").toString(), "-c", "-p"));
            files.filter(RunningBytecode::isFromFile).sorted().forEach(file -> javap.add("" + file));
            Assertions.assertTrue(javap.size() > 3, "no classes");
            String text = Shell.run(javap.toArray(String[]::new)).ok();
            text = CALL_SITE.matcher(NUMBER.matcher(text).replaceAll("")).replaceAll("$1");
            text = text.replaceAll(" +", " ");
            for (String type : text.split("(?m)^(?=Compiled from )")) {
                byClass.put(type.lines().skip(1).findFirst().orElse(""), type);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return byClass;
    }
}
