package org.dyntrace.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TargetedLocation;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracerSpec;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dyntrace add <pid|name>:<location> [-e] [-n NAME] <tracer> [tracer args...]} */
@Command(
        name = "add",
        customSynopsis = "dyntrace add <pid|name>:<location> [-e] [-n NAME] <tracer> [tracer args...]",
        header = "Places a tracepoint and prints its name.",
        description = {
            "A location that matches several places makes one tracepoint with a site at each. Sites that can't be had are"
                    + " reported on stderr, with the reason, and do not fail the others.",
            "",
            "Tracers:",
            "  log [FILE]   a line a hit, to FILE, or to the traced program's stdout",
            "  lttng        the LTTng events dyntrace_lttng:tracepoint_hit, function_entry, function_exit",
            "  jfr          the JFR events dyntrace.TracepointHit and, with -e, dyntrace.FunctionCall; in JVMs",
            "  count        only counts; 'dyntrace list-tracepoints' shows the count, as for all tracers"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace add 4711:malloc@libc.so.6 count",
            "  dyntrace add bash:'read*' -e -n reads log /tmp/reads.log",
            "  dyntrace add 4711:'ns::Queue<int>::push(int const&)' lttng",
            "  dyntrace add 4711:main+0x1f count",
            "  dyntrace add 4711:0x55d0c0ffee00 log",
            "  dyntrace add 4711:java.util.HashMap.put -e lttng --jfr",
            "  dyntrace add 4711:'java:com.example.**' count"
        })
final class Add implements Runnable {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(
            index = "0",
            paramLabel = "<pid|name>:<location>",
            description =
                    "The process and the place: symbol, symbol@module, glob*, /regex/, 0xADDRESS or symbol+0xOFFSET;"
                            + " in a JVM, package.Class.method, with (types), globs, and java: before classes to come.")
    private String place;

    @Option(names = "-e", description = "Hit on entry to the function and again on exit from it.")
    private boolean entryExit;

    @Option(names = "-n", paramLabel = "NAME", description = "The tracepoint's name. Default: the next free tp-N.")
    private String name;

    @Option(names = TracerSpec.JFR, description = "A JFR event as well, whatever the tracer; in JVMs.")
    private boolean jfr;

    @Parameters(index = "1", paramLabel = "<tracer>", description = "What to do on a hit.")
    private String tracer;

    @Parameters(index = "2..*", paramLabel = "tracer args", description = "See above.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public void run() {
        for (String word : List.of(place, tracer)) {
            if (word.startsWith("-")) {
                throw new ParameterException(spec.commandLine(), "Unknown option: '" + word + "'.");
            }
        }
        TargetedLocation where = TargetedLocation.parse(place);
        if (jfr) {
            arguments.add(TracerSpec.JFR);
        }
        TracerSpec what = TracerSpec.parse(tracer, arguments).in(Path.of("").toAbsolutePath());
        String called = name == null ? "" : TargetedTracepoint.checkName(name);
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            long pid = daemon.daemon().find(where.target().toString()).getPid();
            ProcessMXBean process = daemon.process(pid);
            TracepointInfo placed = Progress.during(
                    "placing " + where.location(),
                    () -> Progress.of(process),
                    () -> Undo.ifEnded(
                            () -> process.add(
                                    where.location().toString(),
                                    entryExit,
                                    called,
                                    what.tracer().word(),
                                    what.words()),
                            late -> takeBack(process, late)));
            MissingSites.tell(process, pid, placed);
            out.line(placed.getName());
        }
    }

    private static void takeBack(ProcessMXBean process, TracepointInfo late) {
        process.remove(late.getName());
        Complaint.warning("ended; what was placed has been removed.");
    }
}
