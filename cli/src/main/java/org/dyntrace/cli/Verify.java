package org.dyntrace.cli;

import java.util.List;
import java.util.Locale;
import org.dyntrace.mbeans.DifferenceInfo;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.NotComparedInfo;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.VerifyInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace verify <pid|name>} */
@Command(
        name = "verify",
        header = "Compares the code in a process's memory with the files that it comes from.",
        description = {
            "Each run of bytes that differ is listed with its address, length, module, function, the bytes in the file and those in"
                    + " memory, and whose it is: dyntrace's, with the tracepoints there, or foreign. The process needs no agent"
                    + " and runs on meanwhile.",
            "",
            "Code that belongs to no file is not compared, such as Java methods and what other JIT compilers make.",
            "",
            "Exits with 0 when nothing differs but dyntrace's tracepoints, with 1 when there are foreign bytes or nothing could be"
                    + " compared."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace verify 4711", "  dyntrace verify nginx --json"})
final class Verify implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>", description = "The process; a name must be that of only one.")
    private String process;

    @Option(
            names = "--json",
            description = "As one JSON object: pid, name, kind, modules, codeBytes, untouchedBytes (not in memory now),"
                    + " trampolineBytes, dyntraceCount, foreignCount, differences with address, module, symbol, length, inFile,"
                    + " inMemory, owner, tracepoints, note, and notCompared with what, bytes, reason.")
    private boolean json;

    @Override
    public void run() {
        String target = Target.parse(process).toString();
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            VerifyInfo info = Progress.during(
                    "comparing the code of " + target, () -> daemon.daemon().verify(target));
            if (json) {
                Json.verify(out, info);
            } else {
                print(info, out);
            }
            if (info.getForeignCount() > 0) {
                out.flush();
                throw new Failure(
                        Reason.FOREIGN_PATCH,
                        "Process " + info.getPid() + " has code that someone other than dyntrace has changed: "
                                + count(info.getForeignCount(), "place") + ".",
                        "Look for a debugger, another tracer or a kernel probe; or the program patches itself.");
            }
        }
    }

    private static void print(VerifyInfo info, Stdout out) {
        out.line(String.format(
                "%d %s: %s, %s of code, %s",
                info.getPid(),
                info.getName(),
                count(info.getModules(), "module"),
                size(info.getCodeBytes()),
                result(info)));
        info.getDifferences().forEach(difference -> out.line(line(difference)));
        long more = info.getDyntraceCount()
                + info.getForeignCount()
                - info.getDifferences().size();
        if (more > 0) {
            out.line(more + " more are not listed.");
        }
        for (NotComparedInfo part : info.getNotCompared()) {
            out.line(
                    String.format("not compared: %s, %s: %s", part.getWhat(), size(part.getBytes()), part.getReason()));
        }
        if (info.getKind().equals("jvm")) {
            out.line("Java bytecode is not part of this comparison; the JVM's own code and native libraries are.");
        }
    }

    private static String result(VerifyInfo info) {
        long ours = info.getDyntraceCount();
        long foreign = info.getForeignCount();
        if (ours + foreign == 0) {
            return "no byte differs";
        }
        String places = count(ours + foreign, "place");
        return foreign == 0
                ? places + (ours == 1 ? " differs, dyntrace's" : " differ, all dyntrace's")
                : places + (ours + foreign == 1 ? " differs, " : " differ, ") + foreign + " foreign";
    }

    private static String line(DifferenceInfo difference) {
        String dots = difference.getLength() * 2 > difference.getInFile().length() ? "…" : "";
        return String.format(
                "%#018x %4d %s %s: %s%s in the file, %s%s in memory: %s%s",
                difference.getAddress(),
                difference.getLength(),
                difference.getModule(),
                difference.getSymbol().isEmpty() ? "(no function)" : difference.getSymbol(),
                difference.getInFile(),
                dots,
                difference.getInMemory(),
                dots,
                difference.getOwner(),
                remarks(difference));
    }

    private static String remarks(DifferenceInfo difference) {
        List<String> names = difference.getTracepoints();
        return (names.isEmpty() ? "" : " " + String.join(", ", names))
                + (difference.getNote().isEmpty() ? "" : " (" + difference.getNote() + ")");
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String size(long bytes) {
        return bytes < 1024
                ? bytes + " bytes"
                : bytes < 1 << 20
                        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
                        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
