package org.dyntrace.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.RecordedJvmInfo;
import org.dyntrace.mbeans.RecordingInfo;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code dyntrace record start|stop|list|snapshot} */
@Command(
        name = "record",
        synopsisSubcommandLabel = "start|stop|list|snapshot",
        header = "Records tracepoints with LTTng, and JVMs with their Flight Recorders, into one directory.",
        description = {
            "One command starts an LTTng session (all tracepoints with the tracer lttng, of all processes, with process and thread of"
                    + " each hit; the scheduler's kernel events where the machine has LTTng's kernel tracer) and a recording in each JVM that is named; one stops them and puts"
                    + " all files into a directory that is yours, for 'dyntrace timeline' and 'dyntrace report'."
        },
        subcommands = {
            RecordCommand.Start.class,
            RecordCommand.Stop.class,
            RecordCommand.ListAll.class,
            RecordCommand.Snapshot.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace record start -n slow 4711       prints slow",
            "  dyntrace record stop slow                prints the directory",
            "  dyntrace report slow/",
            "  dyntrace record start -n always --flight-recorder 4711",
            "  dyntrace record snapshot always -o incident-1"
        })
final class RecordCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Dyntrace dyntrace;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say start, stop, list or snapshot.");
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    private static void tell(RecordingInfo info) {
        info.getNotes().forEach(Complaint::warning);
    }

    /** {@code dyntrace record start} */
    @Command(
            name = "start",
            header = "Starts a recording and prints its name.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  dyntrace record start -n slow 4711",
                "  dyntrace record start --jfr-settings default --limit 4G -o /var/tmp/slow 4711 4712",
                "  dyntrace record start -n always --flight-recorder 4711"
            })
    static final class Start implements Runnable {
        private static final long USUAL_LIMIT = 1L << 30;

        @ParentCommand
        private RecordCommand record;

        @Parameters(paramLabel = "<pid|name>", arity = "0..*", description = "JVMs whose Flight Recorders take part.")
        private List<String> processes = List.of();

        @Option(
                names = {"-n", "--name"},
                paramLabel = "NAME",
                description = "What to call it. Default: rec-0, rec-1, ...")
        private String name = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "DIR",
                description = "A directory that does not exist yet. Default: one with the recording's name, here.")
        private Path output;

        @Option(
                names = "--jfr-settings",
                paramLabel = "PROFILE",
                description = "default, profile, or a .jfc file that the JVM can read. Default: profile.")
        private String settings = "profile";

        @Option(
                names = "--flight-recorder",
                description = "Keep only the latest events, in memory, until 'dyntrace record snapshot' asks for them.")
        private boolean flightRecorder;

        @Option(
                names = "--limit",
                paramLabel = "SIZE",
                converter = Size.class,
                description =
                        "How much it may take on disk, such as 500M or 4G; the oldest events go then. Default: 1G.")
        private long limit = USUAL_LIMIT;

        @Override
        public void run() {
            List<String> targets = processes.stream()
                    .map(word -> Target.parse(word).toString())
                    .toList();
            try (DaemonConnection daemon = record.dyntrace.connect();
                    Stdout out = new Stdout()) {
                RecordingInfo info = Progress.during("starting", () -> {
                    String its = name.isEmpty() ? daemon.daemon().freeRecordingName() : name;
                    String to = flightRecorder ? "" : absolute(output == null ? Path.of(its) : output);
                    return daemon.daemon().startRecording(its, to, targets, settings, limit);
                });
                tell(info);
                out.line(info.getName());
            }
        }
    }

    /** {@code dyntrace record stop} */
    @Command(
            name = "stop",
            header = "Stops a recording and prints the directory that its files are in.",
            footerHeading = "%nExamples:%n",
            description = "If they can't be written there, they are kept: say it once more, or name another directory.",
            footer = {
                "  dyntrace record stop slow",
                "  dyntrace record stop slow -o /var/tmp/slow",
                "  dyntrace record stop slow --discard"
            })
    static final class Stop implements Runnable {
        @ParentCommand
        private RecordCommand record;

        @Parameters(paramLabel = "<recording>", description = "Its name, see 'dyntrace record list'.")
        private String name;

        @ArgGroup
        private Whither whither = new Whither();

        /** What becomes of the files. */
        static final class Whither {
            @Option(
                    names = {"-o", "--output"},
                    paramLabel = "DIR",
                    description = "Another directory than was said at the start, which does not exist yet.")
            private Path output;

            @Option(names = "--discard", description = "Delete what was recorded.")
            private boolean discard;
        }

        @Override
        public void run() {
            try (DaemonConnection daemon = record.dyntrace.connect();
                    Stdout out = new Stdout()) {
                RecordingInfo info = Progress.during("stopping " + name, () -> end(daemon.daemon()));
                tell(info);
                if (!info.getDirectory().isEmpty() && !whither.discard) {
                    out.line(info.getDirectory());
                }
            }
        }

        private RecordingInfo end(DaemonMXBean daemon) {
            if (whither.discard) {
                return daemon.discardRecording(name);
            }
            return whither.output == null
                    ? daemon.stopRecording(name)
                    : daemon.stopRecordingInto(name, absolute(whither.output));
        }
    }

    /** {@code dyntrace record snapshot} */
    @Command(
            name = "snapshot",
            header = "Writes what a flight recorder has kept, and prints the directory that it is in.",
            footerHeading = "%nExamples:%n",
            footer = {"  dyntrace record snapshot always -o incident-1"})
    static final class Snapshot implements Runnable {
        @ParentCommand
        private RecordCommand record;

        @Parameters(paramLabel = "<recording>", description = "Its name, see 'dyntrace record list'.")
        private String name;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "DIR",
                required = true,
                description = "A directory that does not exist yet.")
        private Path output;

        @Override
        public void run() {
            try (DaemonConnection daemon = record.dyntrace.connect();
                    Stdout out = new Stdout()) {
                RecordingInfo info = Progress.during(
                        "writing " + output, () -> daemon.daemon().snapshotRecording(name, absolute(output)));
                tell(info);
                out.line(info.getDirectory());
            }
        }
    }

    /** {@code dyntrace record list} */
    @Command(
            name = "list",
            header = "Lists the recordings that go on, and those whose files wait to be fetched.",
            description = {
                "DISK is what a recording takes now, of it LTTNG in the daemon's directory and, for each of the JVMS, what is in"
                        + " brackets, in that JVM's own; LIMIT bounds all of it."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  dyntrace record list", "  dyntrace record list --json"})
    static final class ListAll implements Runnable {
        @ParentCommand
        private RecordCommand record;

        @Option(
                names = "--json",
                description =
                        "As a JSON array of objects: name, directory, uid, started (ms since 1970), ended,"
                                + " flightRecorder, limit, diskUse, traceDiskUse (bytes), jvms with pid, recording, diskUse; notes.")
        private boolean json;

        @Override
        public void run() {
            try (DaemonConnection daemon = record.dyntrace.connect();
                    Stdout out = new Stdout()) {
                List<RecordingInfo> recordings = daemon.daemon().listRecordings();
                if (json) {
                    try (Json array = new Json(out)) {
                        recordings.forEach(array::recording);
                    }
                    return;
                }
                Table table = new Table("NAME", "STATE", "UID", "DISK", "LIMIT", "LTTNG", "JVMS", "DIRECTORY");
                for (RecordingInfo recording : recordings) {
                    table.row(
                            recording.getName(),
                            recording.isEnded() ? "ended" : recording.isFlightRecorder() ? "flight" : "going",
                            recording.getUid(),
                            Size.words(recording.getDiskUse()),
                            Size.words(recording.getLimit()),
                            Size.words(recording.getTraceDiskUse()),
                            recording.getJvms().stream().map(ListAll::words).collect(Collectors.joining(",")),
                            recording.getDirectory());
                }
                table.print(out);
            }
        }

        private static String words(RecordedJvmInfo jvm) {
            return jvm.getPid() + (jvm.isRecording() ? "(" + Size.words(jvm.getDiskUse()) + ")" : "");
        }
    }

    /** A number of bytes, as people write it. */
    static final class Size implements ITypeConverter<Long> {
        private static final String UNITS = "KMGT";

        @Override
        public Long convert(String text) {
            String upper = text.toUpperCase(Locale.ROOT);
            if (!upper.matches("\\d{1,9}[KMGT]?")) {
                throw new TypeConversionException("'" + text + "' is no size: 500M, 4G and 1073741824 are");
            }
            int unit = UNITS.indexOf(upper.charAt(upper.length() - 1)) + 1;
            return Long.parseLong(unit == 0 ? upper : upper.substring(0, upper.length() - 1)) << 10 * unit;
        }

        static String words(long bytes) {
            return bytes < 10L << 20
                    ? (bytes >> 10) + "K"
                    : bytes < 10L << 30 ? (bytes >> 20) + "M" : (bytes >> 30) + "G";
        }
    }
}
