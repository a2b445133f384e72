package org.dyntrace.daemon.patch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dyntrace.daemon.access.Limits;
import org.dyntrace.daemon.code.Natives;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.link.AgentLink;
import org.dyntrace.daemon.link.LinkServer;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Target;
import org.dyntrace.daemon.target.Placement;
import org.dyntrace.daemon.target.Progress;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracerSpec;

/** A real program with a preloaded agent that is linked to this test. */
final class TracedProgram implements AutoCloseable {
    static final Path LIBRARIES = Path.of(System.getProperty("dyntrace.natives", "../natives"), "target/lib")
            .toAbsolutePath();

    private final Path directory;
    private final LinkServer server;
    private final Target program;
    final NativeTarget target;
    final ProcessMemory memory;

    private TracedProgram(Path binary, Object... arguments) {
        try {
            directory = Files.createTempDirectory("dyntrace-traced");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CompletableFuture<AgentLink> connected = new CompletableFuture<>();
        server = new LinkServer(
                directory.resolve("run.agents/link.sock"), 0, Limits.defaults(), connected::complete, gone -> {});
        List<Object> words = new ArrayList<>(List.of(
                "LD_PRELOAD=" + LIBRARIES.resolve("libdyntrace-agent.so"),
                "DYNTRACE_RUNDIR=" + directory.resolve("run"),
                binary));
        words.addAll(List.of(arguments));
        program = Target.ready(Path.of("env"), words.toArray());
        try {
            NativeLink link = (NativeLink) connected.get(20, TimeUnit.SECONDS);
            target = new NativeTarget(link, new ModuleCache(Natives.codec()), new SitePlanner(Natives.codec()));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
        memory = ProcessMemory.open(program.process());
    }

    /** Compiles natives/src/test/c/NAME.c, starts it and waits until it says "ready". */
    static TracedProgram start(String name, Object... arguments) {
        return new TracedProgram(Target.compile(name), arguments);
    }

    Target program() {
        return program;
    }

    /** Places a tracepoint that any tracer but a log file serves. */
    TracepointInfo add(String location, String name, boolean entryExit, String tracer) {
        TracerSpec spec = TracerSpec.parse(tracer, List.of());
        if (spec.tracer() == TracerSpec.Tracer.LTTNG) {
            target.loadLttng(LIBRARIES.resolve("libdyntrace-lttng.so"));
        }
        return target.add(new Placement(Location.parse(location), entryExit, name, spec, -1, 0), Progress.NONE);
    }

    void remove(String name) {
        target.remove(name, Progress.NONE);
    }

    List<SiteInfo> sites(TracepointInfo tracepoint) {
        return target.sites(tracepoint.getName());
    }

    List<TracepointInfo> tracepoints() {
        return target.names().stream().map(target::info).toList();
    }

    @Override
    public void close() {
        memory.close();
        target.close();
        program.close();
        server.close();
        try {
            Files.deleteIfExists(directory.resolve("run.agents"));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
