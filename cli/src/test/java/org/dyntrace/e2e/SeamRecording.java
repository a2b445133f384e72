package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/**
 * A directory with an LTTng trace and a JFR recording of the program Seam, with native and Java tracepoints in it, whose numbers of hits are known.
 * {@code main} makes the stored ones anew that are read by {@code GoldenTest}.
 */
final class SeamRecording {
    /** What is recorded of the JVM: little, so that the stored recording is small. */
    private static final String EVENTS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration version="2.0" label="Seam">
              <event name="jdk.GCPhasePause"><setting name="enabled">true</setting><setting name="threshold">0 ms</setting></event>
              <event name="jdk.JavaMonitorEnter"><setting name="enabled">true</setting><setting name="threshold">0 ms</setting></event>
              <event name="jdk.JVMInformation"><setting name="enabled">true</setting><setting name="period">beginChunk</setting></event>
            </configuration>
            """;

    private static final String DEFLATE = "Java_java_util_zip_Deflater_deflateBytesBytes";

    private SeamRecording() {}

    /**
     * Records.
     *
     * @param directory does not exist yet
     * @param dyntrace a daemon
     * @param times how often the program does what is quick: squeeze, ten times as often point, three times tail and even
     */
    static void make(Path directory, Installation dyntrace, int times) {
        Path classes = dyntrace.file("seam");
        Jvm.compile("Seam", classes);
        try (Program seam = Jvm.start(Jvm.own("java"), classes, "Seam", "-XX:+UseSerialGC")) {
            Files.createDirectories(directory);
            Path settings = Files.writeString(dyntrace.file("seam.jfc"), EVENTS);
            Shell.run(Jvm.own("jcmd").toString(), "" + seam.pid(), "JFR.start", "name=seam", "settings=" + settings)
                    .ok();
            try (LttngSession session = LttngSession.start(directory.resolve("lttng"), seam.pid())) {
                // Its classes are loaded then.
                seam.ask("squeeze 1", "did squeeze 1");
                dyntrace.attach(seam);
                for (String method : List.of("squeeze", "collect", "locked", "tail", "even")) {
                    dyntrace.ok("add", seam.pid() + ":Seam$Work." + method, "-e", "-n", method, "lttng", "--jfr");
                }
                dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "-n", "point", "lttng", "--jfr");
                dyntrace.ok("add", seam.pid() + ":" + DEFLATE + "@libzip.so", "-e", "-n", "jni", "lttng");
                dyntrace.ok("add", seam.pid() + ":deflate@libz.so.1", "-e", "-n", "libz", "lttng");
                seam.ask("squeeze " + times, "did squeeze " + times);
                seam.ask("point " + 10 * times, "did point " + 10 * times);
                seam.ask("collect 3", "did collect 3");
                seam.ask("locked 2", "did locked 2");
                seam.ask("tail " + 3 * times, "did tail " + 3 * times);
                seam.ask("even " + 3 * times, "did even " + 3 * times);
                Assertions.assertFalse(session.events().isEmpty());
            }
            Shell.run(
                            Jvm.own("jcmd").toString(),
                            "" + seam.pid(),
                            "JFR.dump",
                            "name=seam",
                            "filename=" + directory.resolve("seam.jfr"))
                    .ok();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a recording and, besides, what babeltrace2 prints of it. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]).toAbsolutePath();
        try (Installation dyntrace = Installation.start()) {
            make(directory, dyntrace, 10);
        }
        Files.writeString(directory.resolve("babeltrace2.txt"), Traces.babeltrace(directory.resolve("lttng")));
    }
}
