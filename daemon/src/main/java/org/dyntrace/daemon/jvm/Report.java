package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A file in a target's /tmp that its agent makes if it can't start, and into which it writes why. */
final class Report implements AutoCloseable {
    private static final int LONGEST = 4096;

    private final Descriptor temporary;
    private final String name = FreshName.make();

    /**
     * A file that isn't there yet.
     *
     * @param temporary the target's /tmp
     */
    Report(Descriptor temporary) {
        this.temporary = temporary;
    }

    /** {@return its path as the target sees it} */
    String path() {
        return "/tmp/" + name;
    }

    /** {@return what the agent has written; empty if nothing} */
    String text() {
        try (Descriptor report = TargetRoot.openIn(temporary, name, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY)) {
            byte[] text = new byte[LONGEST];
            long size = Math.max(0, Libc.pread(report.number(), text, text.length, 0));
            return new String(text, 0, (int) size, StandardCharsets.UTF_8).strip();
        } catch (IOException none) {
            return "";
        }
    }

    @Override
    public void close() {
        Libc.unlinkat(temporary.number(), name, 0);
    }
}
