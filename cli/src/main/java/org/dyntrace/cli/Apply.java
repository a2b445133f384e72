package org.dyntrace.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dyntrace.mbeans.AppliedInfo;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.TracepointSet;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace apply <file> [<pid|name>...] [--persistent [-n NAME]]} */
@Command(
        name = "apply",
        customSynopsis = "dyntrace apply <file> [<pid|name>...] [--persistent [-n NAME]]",
        header = "Places all tracepoints of a file that 'dyntrace save' has written, or none.",
        description = {
            "In all running processes of the programs that the file names, or in the given ones among them. Agents are brought in"
                    + " where there is none. Prints what was placed. Tracepoints that are there already, the same in all, stay as they are.",
            "",
            "With --persistent it is applied to each process of these programs that starts later as well, until"
                    + " 'dyntrace forget'; the daemon may be started anew meanwhile. Log files are opened with your rights then, too."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace apply web.tracepoints",
            "  dyntrace apply web.tracepoints 4711",
            "  dyntrace apply web.tracepoints --persistent"
        })
final class Apply implements Runnable {
    private static final String END = ".tracepoints";

    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(index = "0", paramLabel = "<file>", description = "A file as 'save' writes it; - for stdin.")
    private String file;

    @Parameters(
            index = "1..*",
            paramLabel = "<pid|name>",
            description = "Processes. Default: all that run the file's programs.")
    private List<String> processes = List.of();

    @Option(names = "--persistent", description = "Apply it to processes that start later, too.")
    private boolean persistent;

    @Option(
            names = "-n",
            paramLabel = "NAME",
            description = "With --persistent, the set's name. Default: the file's, without " + END + ".")
    private String name;

    @Option(names = "--json", description = "As a JSON array of objects: pid, name, placed, present.")
    private boolean json;

    @Override
    public void run() {
        List<String> targets =
                processes.stream().map(word -> Target.parse(word).toString()).toList();
        Path directory = file.equals("-")
                ? Path.of("").toAbsolutePath()
                : Path.of(file).toAbsolutePath().getParent();
        String set = TracepointSet.parse(read()).in(directory).toString();
        String keepAs = persistent ? keepAs() : "";
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            List<AppliedInfo> applied = Progress.during(
                    "applying " + file,
                    () -> Undo.ifEnded(
                            () -> daemon.daemon().apply(set, targets, keepAs), late -> takeBack(daemon, late, keepAs)));
            tell(applied, out);
            if (applied.isEmpty()) {
                Complaint.warning("no process runs these programs now; the set '" + keepAs + "' waits for them.");
            }
        }
    }

    private void tell(List<AppliedInfo> applied, Stdout out) {
        for (AppliedInfo process : applied) {
            process.getPresent()
                    .forEach(present -> Complaint.warning(process.getPid() + ":" + present + " was there already."));
        }
        if (json) {
            try (Json array = new Json(out)) {
                applied.forEach(array::applied);
            }
            return;
        }
        for (AppliedInfo process : applied) {
            process.getPlaced().forEach(placed -> out.line(process.getPid() + ":" + placed));
        }
    }

    private String keepAs() {
        if (name != null) {
            return name;
        }
        String own = Path.of(file).getFileName().toString();
        return own.endsWith(END) ? own.substring(0, own.length() - END.length()) : own;
    }

    private static void takeBack(DaemonConnection daemon, List<AppliedInfo> late, String keepAs) {
        if (!keepAs.isEmpty()) {
            daemon.daemon().forget(keepAs);
        }
        for (AppliedInfo process : late) {
            process.getPlaced()
                    .forEach(placed -> daemon.process(process.getPid()).remove(placed));
        }
        Complaint.warning("ended; what was placed has been removed.");
    }

    private String read() {
        try {
            byte[] bytes;
            if (file.equals("-")) {
                bytes = System.in.readNBytes(TracepointSet.MAX_LENGTH + 1);
            } else {
                try (var in = Files.newInputStream(Path.of(file))) {
                    bytes = in.readNBytes(TracepointSet.MAX_LENGTH + 1);
                }
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Failure(
                    Reason.SET_FILE,
                    "The file " + file + " can't be read: " + Fault.of(e) + ".",
                    "Give a file that 'dyntrace save' has written.",
                    e);
        }
    }
}
