package org.dyntrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace save <file> [<pid|name>...]} */
@Command(
        name = "save",
        customSynopsis = "dyntrace save <file> [<pid|name>...]",
        header = "Writes the tracepoints of processes into a file, for 'dyntrace apply'.",
        description = {
            "The file is a text, in which each program (its path and build id) or Java class has its tracepoints, as 'dyntrace"
                    + " add' takes them:",
            "",
            "  dyntrace-set 1",
            "  program /usr/bin/bash 3fd2a5c7e0c9",
            "      evalexp -e -n evaluations lttng",
            "  java org.example.Main",
            "      java.util.HashMap.put -n puts count",
            "",
            "Processes that run the same program go together. Addresses become symbol+0xOFFSET@module."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace save web.tracepoints", "  dyntrace save - 4711"})
final class Save implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(index = "0", paramLabel = "<file>", description = "Where to write; - for stdout.")
    private String file;

    @Parameters(
            index = "1..*",
            paramLabel = "<pid|name>",
            description = "Processes with an agent. Default: all of them.")
    private List<String> processes = List.of();

    @Override
    public void run() {
        List<String> targets =
                processes.stream().map(word -> Target.parse(word).toString()).toList();
        String set;
        try (DaemonConnection daemon = dyntrace.connect()) {
            set = Progress.during("reading tracepoints", () -> daemon.daemon().save(targets));
        }
        set.lines().filter(line -> line.startsWith("#")).forEach(line -> Complaint.warning(line.substring(2)));
        if (file.equals("-")) {
            try (Stdout out = new Stdout()) {
                out.write(set);
            }
        } else {
            write(Path.of(file), set);
        }
    }

    /** Whole or not at all: a full disk must not cost the file that was there. */
    private static void write(Path file, String set) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                Files.writeString(file, set);
                return;
            }
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path fresh = Files.createTempFile(target.getParent(), ".save", "");
            try {
                Files.writeString(fresh, set);
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new Failure(
                    Reason.SET_FILE,
                    "The file " + file + " can't be written: " + Fault.of(e) + ".",
                    "Give a file in a directory where you may write.",
                    e);
        }
    }
}
