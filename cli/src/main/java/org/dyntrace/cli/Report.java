package org.dyntrace.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dyntrace.jfrbridge.UnreadableRecording;
import org.dyntrace.jfrbridge.report.ReportJson;
import org.dyntrace.jfrbridge.report.ReportText;
import org.dyntrace.jfrbridge.timeline.Recording;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dyntrace report DIR|FILES…} */
@Command(
        name = "report",
        header = "Tells what LTTng traces and JFR recordings say about tracepoints.",
        description = {
            "For each tracepoint: how often it was hit, how long calls took, on which threads, and what coincided with the slowest calls"
                    + " (garbage collection, safepoints, locks); which native functions were called below which Java methods; how"
                    + " exactly the clocks fit; and what the rules say. Needs no daemon.",
            "",
            "Calls are put together by thread, which the recording must tell: lttng add-context -u -t vpid -t vtid."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace report recording/", "  dyntrace report trace/ app.jfr --json"})
final class Report implements Runnable {
    @Parameters(
            paramLabel = "DIR|FILES",
            arity = "1..*",
            description = "Directories with LTTng traces and .jfr files, or .jfr files.")
    private List<Path> paths;

    @Option(
            names = "--json",
            description =
                    "As one JSON object: events, begin, length, clocks, tracepoints with hits, entries, exits, durations, threads,"
                            + " slowest; trees, rules with rule, score, summary, explanation, solution; findings. Times are ns since 1970.")
    private boolean json;

    @Override
    public void run() {
        try (Recording recording = new Recording(paths);
                Stdout out = new Stdout()) {
            org.dyntrace.jfrbridge.report.Report report =
                    Progress.during("reading " + paths.get(0), () -> read(recording));
            if (json) {
                ReportJson.write(report, out);
            } else {
                ReportText.of(report).forEach(out::line);
            }
            out.flush();
            recording.findings().all().forEach(Complaint::warning);
        } catch (UnreadableRecording e) {
            throw Timeline.failure(e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static org.dyntrace.jfrbridge.report.Report read(Recording recording) {
        try {
            return org.dyntrace.jfrbridge.report.Report.of(recording);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Failure unreadable(IOException e) {
        return new Failure(
                Reason.RECORDING,
                "The recording can't be read: " + e.getMessage() + ".",
                "See to its permissions, and to the room in the directory for temporary files.",
                e);
    }
}
