package org.dyntrace.daemon.record;

import org.dyntrace.daemon.proc.ProcessId;

/**
 * A JVM that takes part in a recording.
 *
 * @param process which
 * @param command its command line, for people
 * @param repository where its Flight Recorder keeps its files, as that JVM sees it; empty if it does not say
 * @param held whether its recording goes on, as far as we know
 */
record RecordedJvm(ProcessId process, String command, String repository, boolean held) {
    RecordedJvm released() {
        return new RecordedJvm(process, command, repository, false);
    }
}
