package org.dyntrace.daemon.verify;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.ModuleFile;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.PageTable;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.VerifyInfo;

/**
 * Compares the code that a process has in its memory with the files that it comes from. The process runs on meanwhile. A block that
 * differs is read again while nobody places or removes tracepoints, so a patch of ours is never taken for someone else's.
 */
public final class CodeComparison {
    private static final int PAGE = 4096;

    /** What is read at once, bytes. */
    private static final int BLOCK = 64 * PAGE;

    private static final int ELF_32 = 1;

    private final ProcessId process;
    private final ModuleCache modules;
    private final Supplier<Optional<NativeTarget>> agent;
    private final Findings findings = new Findings();
    private final ProcessMemory memory;
    private final PageTable pages;
    private boolean agentLoaded;

    private CodeComparison(
            ProcessId process,
            ModuleCache modules,
            Supplier<Optional<NativeTarget>> agent,
            ProcessMemory memory,
            PageTable pages) {
        this.process = process;
        this.modules = modules;
        this.agent = agent;
        this.memory = memory;
        this.pages = pages;
    }

    /**
     * Compares.
     *
     * @param process a process
     * @param modules knows files
     * @param agent what this daemon has patched in the process, as of now; it may come and go
     * @param jvm whether the process is a JVM
     * @return what differs, and whose it is
     * @throws Failure PROCESS_GONE, NOT_PERMITTED, KERNEL_THREAD, ZOMBIE, WRONG_ARCHITECTURE; UNSUPPORTED when nothing can be
     *     compared
     */
    public static VerifyInfo of(
            ProcessId process, ModuleCache modules, Supplier<Optional<NativeTarget>> agent, boolean jvm) {
        ProcessFacts facts = ProcessFacts.of(process);
        check(facts);
        try (ProcessMemory memory = ProcessMemory.open(process);
                PageTable pages = PageTable.open(process)) {
            CodeComparison comparison = new CodeComparison(process, modules, agent, memory, pages);
            comparison.run();
            return comparison.findings.info(facts, jvm);
        } catch (Failure failure) {
            // A process that ends shows itself in many ways; to the user it is one.
            throw process.hasEnded() ? process.gone() : failure;
        }
    }

    private static void check(ProcessFacts facts) {
        String who = "Process " + facts.process().pid();
        if (facts.kernelThread()) {
            throw new Failure(
                    Reason.KERNEL_THREAD,
                    who + " (" + facts.comm() + ") is a kernel thread.",
                    "It has no code of a file; verify another process.");
        }
        if ((facts.state() == 'Z' || facts.state() == 'X') && facts.threads() <= 1) {
            throw new Failure(
                    Reason.ZOMBIE,
                    who + " has ended and waits for its parent.",
                    "There is nothing left of its code; verify another process.");
        }
        if (facts.elfClass() == ELF_32) {
            throw new Failure(
                    Reason.WRONG_ARCHITECTURE, who + " runs 32-bit code.", "dyntrace handles 64-bit programs only.");
        }
    }

    private void run() {
        Maps maps = Maps.of(process);
        agentLoaded = maps.mappings().stream()
                .anyMatch(mapping -> mapping.executable() && mapping.fileName().contains("dyntrace-agent"));
        for (Mapping mapping : maps.mappings()) {
            if (mapping.executable() && mapping.isFile()) {
                compare(mapping);
            } else if (mapping.executable() && !isTheKernels(mapping)) {
                withoutFile(mapping);
            }
        }
    }

    /** [vdso], [vsyscall], and where the kernel executes what its uprobes have displaced. */
    private static boolean isTheKernels(Mapping mapping) {
        return mapping.path().startsWith("[v") || mapping.path().startsWith("[uprobes");
    }

    private void withoutFile(Mapping mapping) {
        if (agent.get().filter(target -> target.isOurs(mapping)).isPresent()) {
            findings.trampolines(mapping.size());
        } else {
            findings.notCompared(
                    "memory without a file",
                    mapping.size(),
                    "The program has made this code itself, as JIT compilers do.");
        }
    }

    private void compare(Mapping mapping) {
        if (!mapping.isPrivate()) {
            no(mapping, "It is mapped shared: the memory is the file itself.");
            return;
        }
        try {
            Optional<ModuleFile> file = modules.file(process, mapping);
            if (file.isEmpty()) {
                no(mapping, "It is no program or library.");
                return;
            }
            MappedFile code = new MappedFile(file.get(), mapping);
            if (code.isWritable()) {
                no(mapping, "The program may write to this code of its own.");
                return;
            }
            compare(code);
            findings.compared(mapping, code.end() - mapping.start());
        } catch (Failure failure) {
            if (process.hasEnded()) {
                throw failure;
            }
            no(mapping, failure.reason() == Reason.INTERNAL ? "It was unmapped meanwhile." : failure.getMessage());
        }
    }

    private void no(Mapping mapping, String reason) {
        findings.notCompared(mapping.path(), mapping.size(), reason);
    }

    private void compare(MappedFile code) {
        long end = code.end();
        for (long at = code.mapping().start(); at < end; at += BLOCK) {
            int count = (int) (Math.min(BLOCK, end - at) / PAGE);
            boolean[] present = pages.present(at, count);
            for (int from = 0, to; from < count; from = to) {
                to = from + 1;
                while (to < count && present[to] == present[from]) {
                    to++;
                }
                if (present[from]) {
                    compare(code, at + (long) from * PAGE, (to - from) * PAGE);
                } else {
                    findings.untouched((long) (to - from) * PAGE);
                }
            }
        }
    }

    private void compare(MappedFile code, long start, int size) {
        byte[] stored = code.stored(start, size);
        if (Arrays.equals(memory.read(start, size), stored)) {
            return;
        }
        Judge judge = judge(code, start, stored);
        if (judge.relocated() > 0) {
            findings.notCompared(
                    code.mapping().path(), judge.relocated(), "The loader has changed them (text relocations).");
        }
        judge.runs().forEach(run -> findings.differs(run, code));
    }

    private Judge judge(MappedFile code, long start, byte[] stored) {
        return agent.get()
                .map(target -> target.lookAt(
                        start,
                        start + stored.length,
                        ours -> new Judge(memory, code, ours, false).judge(start, stored)))
                .orElseGet(() -> new Judge(memory, code, List.of(), agentLoaded).judge(start, stored));
    }
}
