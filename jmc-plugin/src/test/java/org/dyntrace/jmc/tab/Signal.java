package org.dyntrace.jmc.tab;

import java.io.IOException;

/** Signals to programs, as the command kill sends them. */
enum Signal {
    STOP,
    CONT;

    /** Nothing is sent to one that has ended: its number may be another's by now. */
    void to(Process process) {
        if (!process.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
