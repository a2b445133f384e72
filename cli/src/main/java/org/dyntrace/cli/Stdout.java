package org.dyntrace.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Where results go. Unlike System.out it notices when they don't arrive. */
final class Stdout extends Writer {
    private final Writer out = new BufferedWriter(
            new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8), 1 << 16);

    @Override
    public void write(char[] text, int offset, int length) {
        checked(() -> out.write(text, offset, length));
    }

    @Override
    public void write(String text) {
        checked(() -> out.write(text));
    }

    /** Writes one line. Control characters in it are replaced. */
    void line(String text) {
        write(Complaint.printable(text) + "\n");
    }

    @Override
    public void flush() {
        checked(out::flush);
    }

    @Override
    public void close() {
        flush();
    }

    private static void checked(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) {
                throw new StdoutClosed(e);
            }
            throw new Failure(
                    Reason.INTERNAL,
                    "The result can't be written: " + e.getMessage() + ".",
                    "See where stdout leads.",
                    e);
        }
    }

    /** What may fail. */
    private interface Writing {
        void run() throws IOException;
    }
}
