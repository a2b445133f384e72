package org.dyntrace.daemon.verify;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.mbeans.DifferenceInfo;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.NotComparedInfo;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.VerifyInfo;

/** What a comparison has found so far. Its memory is bounded: beyond a limit differences are only counted. */
final class Findings {
    /** Differences of either kind. */
    private static final int MOST = 20_000;

    private final Set<String> modules = new HashSet<>();
    private final List<DifferenceInfo> differences = new ArrayList<>();
    private final Map<NotCompared, Long> notCompared = new LinkedHashMap<>();
    private Run last;
    private long ours;
    private long foreign;
    private long codeBytes;
    private long untouchedBytes;
    private long trampolineBytes;

    private record NotCompared(String what, String reason) {}

    void compared(Mapping mapping, long bytes) {
        modules.add(mapping.device() + " " + mapping.inode());
        codeBytes += bytes;
    }

    void untouched(long bytes) {
        untouchedBytes += bytes;
    }

    void trampolines(long bytes) {
        trampolineBytes += bytes;
    }

    void notCompared(String what, long bytes, String reason) {
        notCompared.merge(new NotCompared(what, reason), bytes, Long::sum);
    }

    /** By address; a run that goes on where the last one was cut is the same run. */
    void differs(Run run, MappedFile code) {
        boolean goesOn = last != null && last.foreign() && run.foreign() && last.end() == run.start();
        boolean listed = (run.foreign() ? foreign : ours) < MOST;
        if (goesOn) {
            run = new Run(
                    last.start(), run.end(), last.inFile(), last.inMemory(), last.owner(), List.of(), last.note());
            listed = foreign <= MOST;
            if (listed) {
                differences.remove(differences.size() - 1);
            }
        } else if (run.foreign()) {
            foreign++;
        } else {
            ours++;
        }
        last = run;
        if (listed) {
            differences.add(run.info(code.mapping().fileName(), code.symbol(run.start())));
        }
    }

    /**
     * {@return all of it}
     *
     * @throws Failure UNSUPPORTED when nothing could be compared: no difference would then prove nothing
     */
    VerifyInfo info(ProcessFacts facts, boolean jvm) {
        if (modules.isEmpty()) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    "None of the code of process " + facts.process().pid() + " could be compared"
                            + notCompared.keySet().stream()
                                    .findFirst()
                                    .map(first -> "; " + first.what() + ": " + first.reason())
                                    .orElse("."),
                    "Run the daemon as root, or restart the program.");
        }
        return new VerifyInfo(
                facts.process().pid(),
                facts.name(),
                jvm ? "jvm" : "native",
                modules.size(),
                codeBytes,
                untouchedBytes,
                trampolineBytes,
                ours,
                foreign,
                differences,
                notCompared.entrySet().stream()
                        .map(entry -> new NotComparedInfo(
                                entry.getKey().what(),
                                entry.getValue(),
                                entry.getKey().reason()))
                        .toList());
    }
}
