package org.dyntrace.daemon.inject;

import java.nio.file.Path;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** A tracer to be killed: injects into a process again and again. */
final class InjectInLoop {
    private InjectInLoop() {}

    public static void main(String[] args) {
        ProcessId process = ProcessId.current(Integer.parseInt(args[0]));
        int done = 0;
        while (true) {
            try {
                Injector.inject(process, Path.of(args[1]), "");
            } catch (Failure e) {
                // On a busy machine no thread of the target may come by in time: that is an answer, too.
                if (e.reason() != Reason.NO_SAFE_POINT) {
                    throw e;
                }
            }
            if (done++ == 20) {
                System.out.println("looping");
            }
        }
    }
}
