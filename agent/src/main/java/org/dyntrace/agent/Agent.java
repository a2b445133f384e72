package org.dyntrace.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.dyntrace.agent.boot.BootClasses;
import org.dyntrace.agent.link.LinkThread;
import org.dyntrace.agent.natives.Natives;
import org.dyntrace.agent.symbols.ClassNumbers;
import org.dyntrace.agent.symbols.LoadedMethods;
import org.dyntrace.agent.symbols.ModuleNames;
import org.dyntrace.agent.tracepoint.Tracepoints;
import org.dyntrace.agent.weave.Weaver;

/** The agent of this JVM, put together. Made once, in a class loader of its own. */
public final class Agent implements BiConsumer<String, Instrumentation> {
    private static final String LIBRARY = "libdyntrace-jvm.so";

    private final Path jar;
    private LinkThread thread;

    /**
     * Not started yet.
     *
     * @param jar where the agent came from
     */
    public Agent(Path jar) {
        this.jar = jar;
    }

    @Override
    public synchronized void accept(String text, Instrumentation instrumentation) {
        Options options = Options.parse(text, jar);
        if (thread != null) {
            thread.look(options.rundirs(), options.libraries());
            return;
        }
        BootClasses.define(instrumentation);
        NativeAccess.allow();
        Natives.load(options.libraries().resolve(LIBRARY).toString());
        ClassNumbers numbers = new ClassNumbers();
        ModuleNames modules = new ModuleNames();
        LoadedMethods methods = new LoadedMethods(instrumentation, numbers, modules);
        Tracepoints tracepoints = new Tracepoints(new Weaver(instrumentation), methods, numbers, modules);
        thread = new LinkThread(methods, tracepoints, options.libraries(), options.rundirs());
        thread.start();
    }
}
