package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** One JVM that can be asked what it was told. */
final class Jvm implements AutoCloseable {
    private static final String LIBRARY = "libjvm.so";
    private static final String LAST_THREAD = "VM Periodic Tas";
    private static final Duration YOUTH = Duration.ofSeconds(5);
    private static final long NAP_NANOS = 5_000_000;
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=");

    private final ProcessFacts facts;
    private final Mapping library;
    /** Nothing where the kernel denies it: then its command line has to do. */
    private final Optional<ProcessMemory> memory;

    private Jvm(ProcessFacts facts, Mapping library, Optional<ProcessMemory> memory) {
        this.facts = facts;
        this.library = library;
        this.memory = memory;
    }

    /** {@return where a process has the JVM's library, whatever its path, and though its file be deleted} */
    static Optional<Mapping> library(ProcessId process) {
        return Maps.find(process, LIBRARY);
    }

    /** Refuses who would not answer this daemon: another user's JVM, and one that is stopped, by a signal or a debugger. */
    static void checkAnswers(ProcessFacts facts) {
        if (!Caller.daemonServes(facts.uid())) {
            throw Refused.foreign(facts.process());
        }
        if (facts.state() == 'T' || facts.state() == 't') {
            throw facts.process().stopped();
        }
    }

    static Jvm open(ProcessFacts facts) {
        ProcessId process = facts.process();
        Mapping library = library(process).orElseThrow(() -> Refused.notAJvm(process));
        try {
            return new Jvm(facts, library, Optional.of(ProcessMemory.open(process)));
        } catch (Failure e) {
            if (e.reason() != Reason.NOT_PERMITTED) {
                throw e;
            }
            return new Jvm(facts, library, Optional.empty());
        }
    }

    /**
     * Waits until it has begun to run its program. A JVM listens for attaches some milliseconds before it has its modules and class
     * loaders, and an agent that comes meanwhile starts not at all or in a half-made world.
     *
     * @throws Failure PROCESS_GONE
     */
    void awaitBeginning() {
        ProcessId process = facts.process();
        // It starts this thread last. Some have none, so one that isn't that young counts too.
        while (process.age().compareTo(YOUTH) < 0 && !process.hasThread(LAST_THREAD)) {
            if (process.hasEnded()) {
                throw process.gone();
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    /**
     * {@return what it was told, as far as it has heard it by now}
     *
     * @throws Failure UNSUPPORTED when it is no HotSpot; PROCESS_GONE
     */
    VmSettings settings() {
        if (memory.isEmpty()) {
            return VmSettings.of(options());
        }
        return HotSpot.read(memory.get(), library).orElseThrow(() -> Refused.notHotSpot(facts.process()));
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(List.of(""));
        try {
            String environment = Files.readString(
                    Path.of(facts.process().directory(), "environ"), java.nio.charset.StandardCharsets.ISO_8859_1);
            for (String variable : environment.split("\0")) {
                for (String name : VARIABLES) {
                    if (variable.startsWith(name)) {
                        options.addAll(List.of(variable.substring(name.length()).split("\\s+")));
                    }
                }
            }
        } catch (IOException hidden) {
            // Then the command line is all there is.
        }
        options.addAll(facts.commandLine());
        return options;
    }

    @Override
    public void close() {
        memory.ifPresent(ProcessMemory::close);
    }
}
