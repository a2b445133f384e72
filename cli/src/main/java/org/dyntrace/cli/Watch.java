package org.dyntrace.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dyntrace watch <pid|name>[:<tracepoint>]} */
@Command(
        name = "watch",
        header = "Shows how often tracepoints are hit per second, until Ctrl-C.",
        description = {
            "On a terminal it draws a table again and again; otherwise it prints a line a tick, with rate and hits of each tracepoint."
                    + " It ends by itself when the process or the tracepoint goes, and says so on stderr.",
            "",
            "Looking costs the process nothing: the counters are read from outside, or by the Java agent's own thread."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace watch 4711",
            "  dyntrace watch bash:reads -i 0.2",
            "  dyntrace watch 4711 --json -c 60 > minute.json"
        })
final class Watch implements Runnable {
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 3600;

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(
            paramLabel = "<pid|name>[:<tracepoint>]",
            description = "The process, and which of its tracepoints; all of them without.")
    private String watched;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "From one look to the next, 0.1 to 3600. Default: ${DEFAULT-VALUE}.")
    private double interval;

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            description = "End after so many looks.")
    private int count;

    @Option(
            names = "--json",
            description =
                    "One JSON object a line and look: time, pid, tracepoints with name, enabled, hits, exits, lost, rate"
                            + " (hits per second; null at a tracepoint's first look).")
    private boolean json;

    @Override
    public void run() {
        if (!(interval >= SHORTEST && interval <= LONGEST)) {
            throw new ParameterException(spec.commandLine(), "An interval is 0.1 to 3600 seconds.");
        }
        if (count < 0) {
            throw new ParameterException(spec.commandLine(), "A count is 1 or more.");
        }
        Optional<TargetedTracepoint> one =
                watched.contains(":") ? Optional.of(TargetedTracepoint.parse(watched)) : Optional.empty();
        Target target = one.map(TargetedTracepoint::target).orElseGet(() -> Target.parse(watched));
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            ProcessInfo process = daemon.daemon().find(target.toString());
            WatchView view = json
                    ? new JsonView(out, process)
                    : Terminal.REDRAWN ? new ScreenView(out, process, interval) : new LineView(out);
            watch(daemon, process, one.map(TargetedTracepoint::name), view);
        }
    }

    private void watch(DaemonConnection daemon, ProcessInfo process, Optional<String> one, WatchView view) {
        ProcessMXBean bean = daemon.process(process.getPid());
        HitRates rates = new HitRates();
        // Tells what is wrong with what was asked for, and is what the first rates are measured from.
        rates.since(look(bean, one));
        long pause = (long) (interval * TimeUnit.SECONDS.toNanos(1));
        long next = System.nanoTime();
        for (int looks = 0; count == 0 || looks < count; looks++) {
            next += pause;
            await(next);
            List<HitRates.Rated> now;
            try {
                now = rates.since(look(bean, one));
            } catch (RuntimeException e) {
                Complaint.note(end(daemon, process, one, DaemonConnection.failure(e)));
                return;
            }
            view.show(Instant.now(), now);
            next = Math.max(next, System.nanoTime() - pause);
        }
    }

    private static List<TracepointInfo> look(ProcessMXBean process, Optional<String> one) {
        List<TracepointInfo> all = process.listTracepoints();
        if (one.isEmpty()) {
            return all;
        }
        List<TracepointInfo> wanted =
                all.stream().filter(each -> each.getName().equals(one.get())).toList();
        if (wanted.isEmpty()) {
            throw new Failure(
                    Reason.NO_SUCH_TRACEPOINT,
                    "The process has no tracepoint '" + one.get() + "'.",
                    "See 'dyntrace list-tracepoints'.");
        }
        return wanted;
    }

    private static void await(long deadline) {
        for (long left; (left = deadline - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }

    /** {@return why there is nothing to watch any more, or throws what is no end but a failure} */
    private static String end(DaemonConnection daemon, ProcessInfo process, Optional<String> one, Failure failure) {
        String who = "process " + process.getPid() + " (" + process.getName() + ")";
        if (failure.reason() == Reason.NO_SUCH_TRACEPOINT && one.isPresent()) {
            return one.get() + " of " + who + " has been removed.";
        }
        if (failure.reason() == Reason.PROCESS_GONE || failure.reason() == Reason.AGENT_LOST) {
            try {
                daemon.daemon().find(Long.toString(process.getPid()));
            } catch (RuntimeException e) {
                Reason reason = DaemonConnection.failure(e).reason();
                if (reason == Reason.NO_SUCH_PROCESS || reason == Reason.PROCESS_GONE) {
                    return who + " has ended.";
                }
                if (reason == Reason.NOT_ATTACHED) {
                    return who + " has no agent any more.";
                }
            }
        }
        throw failure;
    }
}
