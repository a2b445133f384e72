package org.dyntrace.daemon.sets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.elf.BuildId;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ProgramKey;

/** Which processes a key stands for. */
public final class ProgramKeys {
    private static final String JAVA = "java";

    private ProgramKeys() {}

    /**
     * The key that a process is saved by.
     *
     * @param facts what is known of it
     * @return its main class, if {@code java} runs it; else its program
     */
    public static ProgramKey of(ProcessFacts facts) {
        if (facts.name().equals(JAVA)) {
            var main = JavaCommand.main(facts.commandLine());
            if (main.isPresent()) {
                return new ProgramKey.Java(main.get());
            }
        }
        return new ProgramKey.Program(facts.exe(), buildId(facts));
    }

    /**
     * Finds the processes that run a program now, of whatever build.
     *
     * @param key a program or a class
     * @return what is known of each, by pid
     */
    public static List<ProcessFacts> running(ProgramKey key) {
        List<ProcessFacts> found = new ArrayList<>();
        for (ProcessId process : ProcessTable.all()) {
            try {
                ProcessFacts facts = ProcessFacts.of(process);
                if (isOf(facts, key)) {
                    found.add(facts);
                }
            } catch (Failure endedMeanwhile) {
                continue;
            }
        }
        return found;
    }

    /** {@return a word that all processes of a key have in common: the program's path; "java" for all of them} */
    static String executable(ProgramKey key) {
        return key instanceof ProgramKey.Java ? JAVA : executable(key.name());
    }

    /** {@return the same, by a program's path} */
    static String executable(String path) {
        return path.endsWith("/" + JAVA) ? JAVA : path;
    }

    /** {@return whether a process runs this program, of whatever build} */
    static boolean isOf(ProcessFacts facts, ProgramKey key) {
        if (facts.kernelThread() || facts.state() == 'Z' || facts.state() == 'X') {
            return false;
        }
        if (key instanceof ProgramKey.Java java) {
            return facts.name().equals(JAVA)
                    && JavaCommand.main(facts.commandLine())
                            .filter(java.name()::equals)
                            .isPresent();
        }
        return facts.exe().equals(key.name());
    }

    /**
     * Compares the build.
     *
     * @param facts of a process that runs the program
     * @param key what was asked for
     * @return whether the process runs the build that was asked for, if one was
     */
    public static boolean isOfBuild(ProcessFacts facts, ProgramKey key) {
        return !(key instanceof ProgramKey.Program program)
                || program.buildId().isEmpty()
                || program.buildId().equals(buildId(facts));
    }

    private static String buildId(ProcessFacts facts) {
        return BuildId.of(Path.of("/proc/" + facts.process().pid() + "/exe"));
    }
}
