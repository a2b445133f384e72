package org.dyntrace.daemon.code;

import java.io.IOException;
import java.nio.file.Path;

/** What the build made of natives/, for tests. */
public final class Natives {
    private static final Path FOLDER = Path.of("..", "natives");

    private Natives() {}

    /** {@return the codec that was built; the system property dyntrace.codec names another one} */
    public static Codec codec() {
        return Codec.load(Path.of(System.getProperty(
                "dyntrace.codec",
                FOLDER.resolve("target/lib/libdyntrace-codec.so").toString())));
    }

    /** Compiles a test's C source to a shared object. */
    static Path compile(String source, Path folder) throws IOException, InterruptedException {
        String from = System.getProperty("dyntrace.natives", FOLDER.toString()) + "/src/test/c/" + source;
        Path to = folder.resolve(source.replace(".c", ".so"));
        Process gcc = new ProcessBuilder("gcc", "-std=gnu11", "-O2", "-fPIC", "-shared", from, "-o", to.toString())
                .inheritIO()
                .start();
        if (gcc.waitFor() != 0) {
            throw new IOException("gcc failed on " + from);
        }
        return to;
    }
}
