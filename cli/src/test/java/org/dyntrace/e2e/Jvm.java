package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** The JDKs of this machine, and the programs of src/test/resources/jvm. */
final class Jvm {
    private Jvm() {}

    /** {@return the java commands: that which runs the tests, and newer ones where other JDKs are} */
    static Stream<Path> javas() {
        Map<Integer, Path> byRelease = new TreeMap<>();
        byRelease.put(Runtime.version().feature(), own("java"));
        Path others = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(others)) {
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(others)) {
                for (Path home : homes) {
                    Path release = home.resolve("release");
                    if (Files.isExecutable(home.resolve("bin/javac")) && Files.exists(release)) {
                        String text = Waiting.text(release);
                        int feature = Integer.parseInt(text.replaceAll("(?s).*JAVA_VERSION=\"(\\d+).*", "$1"));
                        if (feature > Runtime.version().feature()) {
                            byRelease.put(feature, home.resolve("bin/java"));
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return byRelease.values().stream();
    }

    /** {@return a command of the JDK that runs the tests} */
    static Path own(String command) {
        return Path.of(System.getProperty("java.home"), "bin", command);
    }

    /** Compiles a program into a directory. */
    static Path compile(String name, Path directory) {
        return compile(name, directory, directory.toString());
    }

    /** Compiles a program that uses what is on a class path. */
    static Path compile(String name, Path directory, String path) {
        Path source = Path.of("src/test/resources/jvm", name + ".java").toAbsolutePath();
        Shell.run(own("javac").toString(), "-cp", path, "-d", directory.toString(), source.toString())
                .ok();
        return directory;
    }

    /** Starts a program and waits until it is ready. */
    static Program start(Path java, Path classes, String name, String... options) {
        List<Object> command = new ArrayList<>(List.of(java));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classes, name));
        Program program = Program.start(command.toArray());
        program.await("ready");
        return program;
    }

    /** Starts a recording of everything that dyntrace emits. */
    static void record(Program program) {
        Shell.run(own("jcmd").toString(), "" + program.pid(), "JFR.start", "name=e2e")
                .ok();
    }

    /** {@return the hits and calls in the recording so far} */
    static List<RecordedEvent> recorded(Program program, Path file) {
        Shell.run(own("jcmd").toString(), "" + program.pid(), "JFR.dump", "name=e2e", "filename=" + file)
                .ok();
        try {
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event ->
                            event.getEventType().getName().startsWith("dyntrace.") && event.hasField("tracepoint"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
