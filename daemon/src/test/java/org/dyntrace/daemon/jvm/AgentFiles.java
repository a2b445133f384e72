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
                    Path link = Path.of(what + ".agents/link.sock");
                    if (Files.exists(link)) {
                        try (java.nio.channels.SocketChannel channel = java.nio.channels.SocketChannel.open(
                                java.net.UnixDomainSocketAddress.of(link))) {
                            channel.write(java.nio.ByteBuffer.wrap("hello".getBytes()));
                        }
                        what = "link " + what;
                    }
                    String library = Files.readString(Path.of(values.get("libraries"), "libdyntrace-jvm.so"));
                    System.out.println("agent of " + what + " with " + library + " in " + values.get("libraries") + ".");
                }
            }
            """;

    private static final String EMPTY_AGENT =
            "public class EmptyAgent { public static void agentmain(String options) {} }";

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

    /** Puts a program, the tiny agent and something that stands for a library into a directory. */
    static void make(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("libdyntrace-jvm.so"), "a library");
        compile(directory, "Program", PROGRAM);
        jar(directory, "agent.jar", "TinyAgent", AGENT);
    }

    /** Adds an agent that does nothing. */
    static Path makeEmpty(Path directory) throws IOException {
        return jar(directory, "empty.jar", "EmptyAgent", EMPTY_AGENT);
    }

    private static Path jar(Path directory, String jarName, String type, String source) throws IOException {
        compile(directory, type, source);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Agent-Class"), type);
        Path file = directory.resolve(jarName);
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.putNextEntry(new JarEntry(type + ".class"));
            jar.write(Files.readAllBytes(directory.resolve(type + ".class")));
        }
        // It shall come from the jar alone.
        Files.delete(directory.resolve(type + ".class"));
        return file;
    }

    private static void compile(Path directory, String type, String source) throws IOException {
        Path file = Files.writeString(directory.resolve(type + ".java"), source);
        int result = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(System.out, System.err, "--release", "17", "-d", directory.toString(), file.toString());
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
