package org.dyntrace.daemon.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dyntrace.daemon.elf.Module;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.ModuleFile;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.Target;
import org.junit.jupiter.api.Test;

/** What is told from the bytes of functions agrees with what their instructions say. */
class JumpScanTest {
    private final Codec codec = Natives.codec();

    @Test
    void agreesWithTheInstructionsOfPython() {
        try (Target python =
                Target.start("/usr/bin/python3", "-c", "import signal; print('ready', flush=True); signal.pause()")) {
            python.awaitOutput("ready");
            check(python.process());
        }
    }

    @Test
    void agreesWithTheInstructionsOfThisJvm() {
        check(ProcessId.current((int) ProcessHandle.current().pid()));
    }

    private void check(ProcessId process) {
        List<Module> modules = new ModuleCache(codec).symbolsOf(process).modules();
        assertTrue(modules.size() > 2);
        int plain = 0;
        int others = 0;
        for (Module module : modules) {
            int some = check(module.file(), module.name());
            plain += some;
            others += module.file().landmarks().length - some;
        }
        System.out.printf("%d functions without computed jumps, %d others%n", plain, others);
        assertTrue(plain > others);
    }

    /** {@return how many are known to make no computed jump} */
    private int check(ModuleFile file, String name) {
        CodeIndex index = CodeIndex.of(file, codec);
        int plain = 0;
        for (long start : file.landmarks()) {
            FunctionCode function = FunctionCode.at(file, start, codec).orElse(null);
            if (function == null || function.start() != start) {
                continue;
            }
            if (index.jumps().mayCompute(function)) {
                continue;
            }
            plain++;
            JumpTargets targets = new WindowSearch(file, function, index, codec).jumpTargets(true);
            assertTrue(targets.known(), () -> name + " " + Long.toHexString(start));
            assertEquals(0, targets.places().length, () -> name + " " + Long.toHexString(start));
        }
        return plain;
    }
}
