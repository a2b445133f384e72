package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;

/** A program to attach to and a tiny agent, which does what its run directory says. */
final class AgentFiles {
    private static final String PROGRAM = """
            public class Program {
                public static void main(String[] arguments) throws Exception {
                    System.out.println("ready");
                    Thread.sleep(600_000);
                }
            }
            """;
    private static final String AGENT = """
            import java.nio.file.*;
            public class TinyAgent {
                public static void agentmain(String options) throws Exception {
                    java.util.Map<String, String> values = new java.util.HashMap<>();
                    for (String option : options.split(",")) {
                        values.put(option.split("=", 2)[0],
                                option.split("=", 2)[1].replace("%2C", ",").replace("%25", "%"));
                    }
                    String what = values.get("rundir");
                    if (what.equals("fail")) {
                        Files.writeString(Path.of(values.get("report")), "its soul is missing");
                        return;
                    }
                    if (what.equals("throw")) {
                        throw new IllegalStateException("thrown by the agent");
                    }
                    if (what.equals("halt")) {
                        Runtime.getRuntime().halt(3);
                    }
                    if (what.equals("exit")) {
                        System.exit(3);
                    }
                    if (what.equals("sleep")) {
                        System.out.println("agent sleeps");
                        Thread.sleep(600_000);
                    }
                    String library = Files.readString(Path.of(values.get("libraries"), "libdyntrace-jvm.so"));
                    System.out.println("agent of " + what + " with " + library + " in " + values.get("libraries") + ".");
                }
            }
            """;

    private AgentFiles() {}

    /** Makes a directory that everyone sees, also where /tmp is another. */
    static Path directory() {
        try {
            return Files.createTempDirectory(
                    Path.of("/var/tmp"),
                    "dyntrace-test",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void make(Path directory, int release) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("Program.java"), PROGRAM);
        Files.writeString(directory.resolve("TinyAgent.java"), AGENT);
        Files.writeString(directory.resolve("libdyntrace-jvm.so"), "a library");
        compile(directory, "Program", 17);
        compile(directory, "TinyAgent", release);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Agent-Class"), "TinyAgent");
        try (OutputStream out = Files.newOutputStream(directory.resolve("agent.jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.putNextEntry(new JarEntry("TinyAgent.class"));
            jar.write(Files.readAllBytes(directory.resolve("TinyAgent.class")));
        }
        Files.delete(directory.resolve("TinyAgent.class"));
    }

    private static void compile(Path directory, String name, int release) {
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--release",
                        "" + release,
                        "-d",
                        directory.toString(),
                        directory.resolve(name + ".java").toString());
        if (result != 0) {
            throw new IllegalStateException("javac failed");
        }
    }

    static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
