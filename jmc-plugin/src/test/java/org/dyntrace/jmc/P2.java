package org.dyntrace.jmc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Eclipse's p2, in a process of its own. */
final class P2 {
    private static final int SECONDS = 120;

    private P2() {}

    /** How an application of p2 ended, and what it said. */
    record Ended(int status, String said) {}

    /** Runs an application, which must succeed, and returns what it said. */
    static String run(String application, String... arguments) throws IOException, InterruptedException {
        Ended ended = end(application, arguments);
        if (ended.status != 0) {
            throw new AssertionError(application + " ended with " + ended.status + "\n" + ended.said);
        }
        return ended.said;
    }

    /** Runs an application. */
    static Ended end(String application, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of("../scripts/p2").toAbsolutePath().normalize().toString(),
                "-application",
                "org.eclipse.equinox.p2." + application));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile("p2", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError(command + " did not end\n" + Files.readString(said));
            }
            return new Ended(process.exitValue(), Files.readString(said));
        } finally {
            Files.delete(said);
        }
    }

    /** Publishes what is in the plugins directory below source, and a product that is made of it. */
    static void publish(Path source, Path product, Path site) throws IOException, InterruptedException {
        String address = site.toUri().toString();
        run(
                "publisher.FeaturesAndBundlesPublisher",
                "-source",
                source.toString(),
                "-publishArtifacts",
                "-metadataRepository",
                address,
                "-artifactRepository",
                address);
        run(
                "publisher.ProductPublisher",
                "-productFile",
                product.toString(),
                "-executionEnvironment",
                "JavaSE-17",
                "-flavor",
                "tooling",
                "-configs",
                "gtk.linux.x86_64",
                "-append",
                "-metadataRepository",
                address,
                "-artifactRepository",
                address);
    }
}
