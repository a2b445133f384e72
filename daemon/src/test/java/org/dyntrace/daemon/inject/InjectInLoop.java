package org.dyntrace.daemon.inject;

import java.nio.file.Path;
import org.dyntrace.daemon.proc.ProcessId;

/** A tracer to be killed: injects into a process again and again. */
final class InjectInLoop {
    private InjectInLoop() {}

    public static void main(String[] args) {
        ProcessId process = ProcessId.current(Integer.parseInt(args[0]));
        for (int i = 0; ; i++) {
            Injector.inject(process, Path.of(args[1]), "");
            if (i == 20) {
                System.out.println("looping");
            }
        }
    }
}
