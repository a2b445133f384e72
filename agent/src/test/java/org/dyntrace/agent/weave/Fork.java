package org.dyntrace.agent.weave;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Runs a scenario in a fresh JVM with an agent: in it the agent's classes have a class loader of their own, as they do in earnest. */
final class Fork {
    private static final int MINUTES = 10;

    private Fork() {}

    /** {@return one of each release here that we support} */
    static Stream<Path> jdks() throws IOException {
        Map<String, Path> byRelease = new TreeMap<>();
        Path ours = Path.of(System.getProperty("java.home")).toRealPath();
        byRelease.put(release(ours), ours);
        if (Files.isDirectory(ours.getParent())) {
            try (Stream<Path> homes = Files.list(ours.getParent())) {
                for (Path home : homes.sorted().toList()) {
                    if (Files.isExecutable(home.resolve("bin/javac")) && Files.isReadable(home.resolve("release"))) {
                        byRelease.putIfAbsent(release(home), home.toRealPath());
                    }
                }
            }
        }
        return byRelease.values().stream();
    }

    private static String release(Path home) throws IOException {
        String version = Files.readString(home.resolve("release"))
                .lines()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .findFirst()
                .orElseThrow();
        return version.replaceAll("[^0-9.]", "").replaceAll("\\..*", "");
    }

    /**
     * Runs it, and fails when it does.
     *
     * @return what it printed
     */
    static String run(Path jdk, Path folder, Class<?> scenario, List<String> jvm, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin/java").toString());
        command.add("-javaagent:" + agentJar(folder));
        command.add("-Dagent.classes=" + System.getProperty("java.class.path"));
        command.add("-Dagent.natives=" + natives());
        command.add("-Xmx1g");
        if (Integer.parseInt(release(jdk)) > 17) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(jvm);
        command.add("-cp");
        command.add(location(Fork.class).toString());
        command.add(ForkMain.class.getName());
        command.add(scenario.getName());
        command.addAll(List.of(arguments));
        Path said = folder.resolve("said-" + System.nanoTime());
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
        if (!ended || process.exitValue() != 0 || !text.contains(ForkMain.DONE)) {
            throw new AssertionError((ended ? "exit " + process.exitValue() : "does not end") + ": " + text);
        }
        System.out.print(jdk.getFileName() + ": " + text);
        return text;
    }

    private static Path natives() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("natives/src"))) {
            root = root.getParent();
        }
        return root.resolve("natives/target/lib/libdyntrace-jvm.so");
    }

    /** An agent that only hands over its Instrumentation. */
    private static Path agentJar(Path folder) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Premain-Class", ForkMain.class.getName());
        main.putValue("Can-Retransform-Classes", "true");
        Path jar = folder.resolve("test-agent.jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }

    static File location(Class<?> of) {
        return new File(of.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
