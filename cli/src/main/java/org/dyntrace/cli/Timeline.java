package org.dyntrace.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dyntrace.jfrbridge.UnreadableRecording;
import org.dyntrace.jfrbridge.timeline.Format;
import org.dyntrace.jfrbridge.timeline.Recording;
import org.dyntrace.jfrbridge.timeline.Selection;
import org.dyntrace.jfrbridge.timeline.TimeBound;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code dyntrace timeline DIR|FILES…} */
@Command(
        name = "timeline",
        header = "Shows LTTng traces and JFR recordings as one timeline.",
        description = {
            "All events are put in order on one clock, LTTng's; tracepoints are named. Needs no daemon.",
            "",
            "Threads and processes of native events are known if the recording had their contexts: lttng add-context -u -t vpid -t"
                    + " vtid. What is damaged or missing is told on stderr; the rest is shown."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace timeline recording/",
            "  dyntrace timeline trace/ app.jfr --event 'jdk.G*' --event malloc --from 10:14:23 --to 10:14:25",
            "  dyntrace timeline recording/ --format html -o timeline.html",
            "  dyntrace timeline recording/ --format perfetto -o timeline.pftrace   open it in ui.perfetto.dev",
            "  dyntrace timeline recording/ --format jfr -o native.jfr              open it in JDK Mission Control"
        })
final class Timeline implements Runnable {
    private static final int BUFFER = 1 << 16;

    @Parameters(
            paramLabel = "DIR|FILES",
            arity = "1..*",
            description = "Directories with LTTng traces and .jfr files, or .jfr files.")
    private List<Path> paths;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = Time.class,
            description =
                    "From when on: 10:14:23.5, 2026-11-25T10:14:23Z, +1.5 (seconds from the beginning), or seconds since 1970.")
    private TimeBound from;

    @Option(names = "--to", paramLabel = "TIME", converter = Time.class, description = "Until when.")
    private TimeBound to;

    @Option(names = "--pid", paramLabel = "PID", description = "Only events of this process. Can be given again.")
    private List<Integer> pids = List.of();

    @Option(
            names = "--event",
            paramLabel = "NAME",
            description =
                    "Only events, tracepoints or functions with this name; * and ? stand for others. Can be given again.")
    private List<String> events = List.of();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}. Default: text. json has one object a line.")
    private Format format = Format.TEXT;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; default: stdout. An existing file is replaced.")
    private Path output;

    @Override
    public void run() {
        Set<Integer> processes = new HashSet<>(pids);
        Selection selection = from == null && to == null && processes.isEmpty() && events.isEmpty()
                ? Selection.ALL
                : new Selection(from, to, processes, events);
        try (Recording recording = new Recording(paths)) {
            if (output == null) {
                write(recording, selection, new FileOutputStream(FileDescriptor.out));
            } else {
                Progress.during("writing " + output, () -> {
                    toFile(recording, selection);
                    return output;
                });
            }
            recording.findings().all().forEach(Complaint::warning);
        } catch (UnreadableRecording e) {
            throw failure(e);
        }
    }

    private void toFile(Recording recording, Selection selection) {
        try (OutputStream file = Files.newOutputStream(output)) {
            write(recording, selection, file);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void write(Recording recording, Selection selection, OutputStream out) {
        try {
            format.write(recording, selection, new BufferedOutputStream(out, BUFFER));
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) {
                throw new StdoutClosed(e);
            }
            throw unwritable(e);
        }
    }

    private Failure unwritable(IOException e) {
        return new Failure(
                Reason.RECORDING,
                "The timeline can't be written: " + e.getMessage() + ".",
                "See to the room and the permissions of " + (output == null ? "the place where stdout leads" : output)
                        + " and of the directory for temporary files.",
                e);
    }

    static Failure failure(UnreadableRecording e) {
        return new Failure(Reason.RECORDING, e.getMessage(), e.hint(), e);
    }

    /** A time, as people write it. */
    static final class Time implements ITypeConverter<TimeBound> {
        @Override
        public TimeBound convert(String text) {
            try {
                return TimeBound.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
