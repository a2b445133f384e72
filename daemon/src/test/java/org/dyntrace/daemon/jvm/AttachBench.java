package org.dyntrace.daemon.jvm;

import com.sun.tools.attach.VirtualMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.daemon.proc.Target;

/**
 * How long it takes to bring an agent into a JVM, beside the JDK's own {@code VirtualMachine.attach} and {@code loadAgent}. Each round
 * starts fresh JVMs; the kinds alternate.
 *
 * <p>Arguments: number of rounds, then the agent jar and the directory of its libraries, if it shall be measured too.
 */
final class AttachBench {
    private static final String BARE = "attach + loadAgent, empty agent";
    private static final String OURS = "dyntrace, empty agent";
    private static final String AGENT = "dyntrace, its agent";

    private final Map<String, List<Long>> nanos = new LinkedHashMap<>();
    private final Path files;
    private final Path empty;

    private AttachBench(Path files, Path empty) {
        this.files = files;
        this.empty = empty;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        Path files = AgentFiles.directory();
        AgentFiles.make(files);
        try {
            for (Jdk jdk : Jdk.all()) {
                AttachBench bench = new AttachBench(files, AgentFiles.makeEmpty(files));
                for (int round = -1; round < rounds; round++) {
                    if (round == 0) {
                        // What came before has loaded our own classes.
                        bench.nanos.clear();
                    }
                    bench.bare(jdk);
                    bench.ours(jdk, OURS, bench.empty, files, true);
                    if (arguments.length > 2) {
                        bench.ours(jdk, AGENT, Path.of(arguments[1]), Path.of(arguments[2]), false);
                    }
                }
                bench.print(jdk);
            }
        } finally {
            AgentFiles.delete(files);
        }
    }

    private void bare(Jdk jdk) throws Exception {
        try (Target target = start(jdk)) {
            for (String when : List.of("first", "again")) {
                long began = System.nanoTime();
                VirtualMachine machine = VirtualMachine.attach("" + target.pid());
                machine.loadAgent(empty.toString());
                machine.detach();
                took(BARE, when, began);
            }
        }
    }

    private void ours(Jdk jdk, String kind, Path agent, Path libraries, boolean twice) {
        try (Target target = start(jdk)) {
            for (String when : twice ? List.of("first", "again") : List.of("first")) {
                long began = System.nanoTime();
                // No daemon is there: the agent starts, and then waits for one.
                JvmAttach.attach(target.process(), agent, libraries, files + "/none");
                took(kind, when, began);
            }
        }
    }

    private Target start(Jdk jdk) {
        Target target = Target.start(jdk.java(), "-cp", files, "Program");
        target.awaitOutput("ready");
        return target;
    }

    private void took(String kind, String when, long began) {
        nanos.computeIfAbsent(kind + ", " + when, k -> new ArrayList<>()).add(System.nanoTime() - began);
    }

    private void print(Jdk jdk) {
        for (Map.Entry<String, List<Long>> entry : nanos.entrySet()) {
            List<Long> sorted = entry.getValue().stream().sorted().toList();
            double median = sorted.get(sorted.size() / 2) / 1e6;
            String when = entry.getKey().substring(entry.getKey().lastIndexOf(", "));
            double bare = nanos.get(BARE + when).stream().sorted().toList().get(sorted.size() / 2) / 1e6;
            System.out.printf("%-7s %-42s %8.1f ms %8.2f x%n", jdk, entry.getKey(), median, median / bare);
        }
    }
}
