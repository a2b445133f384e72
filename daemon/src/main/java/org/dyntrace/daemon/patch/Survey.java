package org.dyntrace.daemon.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dyntrace.daemon.code.Memory;
import org.dyntrace.daemon.code.PatchedCode;
import org.dyntrace.daemon.code.Planned;
import org.dyntrace.daemon.code.Refusal;
import org.dyntrace.daemon.code.SitePlan;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.code.Window;
import org.dyntrace.daemon.elf.Module;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.Query;
import org.dyntrace.daemon.elf.Symbol;
import org.dyntrace.daemon.elf.Symbols;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.LedgerInfo;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolInfo;

/** Says what a tracepoint on each function would be, from the files and the memory of a process, which does not notice. */
public final class Survey {
    private final ProcessId process;
    private final Symbols symbols;
    private final SitePlanner planner;
    private final PatchedCode patched;

    /**
     * For a process as it is now.
     *
     * @param process the process
     * @param modules for its functions
     * @param planner for its places
     * @param patched what is patched already
     */
    public Survey(ProcessId process, ModuleCache modules, SitePlanner planner, PatchedCode patched) {
        this.process = process;
        this.symbols = modules.symbolsOf(process);
        this.planner = planner;
        this.patched = patched;
    }

    /**
     * Plans functions that have a name.
     *
     * @param query which ones
     * @param entryExit whether their exits are wanted as well
     * @param offset how many to skip, ≥ 0
     * @param limit how many at the most, ≥ 0
     * @return that page, by module and address; shorter than the limit at the end
     */
    public List<PlanInfo> plan(Query query, boolean entryExit, int offset, int limit) {
        List<PlanInfo> page = new ArrayList<>();
        try (ProcessMemory memory = ProcessMemory.open(process)) {
            Memory code = new CachedMemory(memory::read);
            for (SymbolInfo function : symbols.list(query, offset, limit)) {
                page.add(plan(function, entryExit, code));
            }
        }
        return page;
    }

    private PlanInfo plan(SymbolInfo function, boolean entryExit, Memory memory) {
        Module module = symbols.moduleAt(function.getAddress()).orElse(null);
        if (module == null) {
            return info(function, new Refusal(Reason.NOT_CODE, "It is not in code."));
        }
        if (module.file()
                .symbolAt(module.toFile(function.getAddress()))
                .filter(Symbol::ifunc)
                .isPresent()) {
            return no(function, PlanInfo.IFUNC, "The process chooses one of several functions for this name.");
        }
        return info(function, plan(module, function.getAddress(), entryExit, memory));
    }

    private Planned plan(Module module, long address, boolean entryExit, Memory memory) {
        try {
            return planner.plan(module, address, entryExit, memory, patched);
        } catch (Failure e) {
            if (!process.isAlive()) {
                throw process.gone();
            }
            return new Refusal(e.reason(), e.getMessage());
        }
    }

    private PlanInfo info(SymbolInfo function, Planned planned) {
        if (planned instanceof SitePlan plan) {
            return new PlanInfo(
                    function.getName(),
                    function.getModule(),
                    function.getAddress(),
                    plan.island().isPresent() ? PlanInfo.ISLAND : PlanInfo.JUMP,
                    plan.windows().stream().mapToInt(Window::length).sum(),
                    plan.windows().stream()
                            .mapToInt(window -> window.boundaries().length)
                            .sum(),
                    Trampoline.size(1)
                            + plan.windows().stream().mapToInt(this::copySize).sum(),
                    "");
        }
        Refusal refusal = (Refusal) planned;
        return no(function, refusal.reason().name(), refusal.sentence());
    }

    private int copySize(Window window) {
        return window.codeLength() == 0
                ? 0
                : planner.relocate(window, window.start()).bytes().length;
    }

    private static PlanInfo no(SymbolInfo function, String state, String why) {
        return new PlanInfo(function.getName(), function.getModule(), function.getAddress(), state, 0, 0, 0, why);
    }

    /**
     * Plans all functions of all modules.
     *
     * @param entryExit whether their exits are wanted as well
     * @return a ledger for each module that has functions
     */
    public List<LedgerInfo> ledgers(boolean entryExit) {
        List<LedgerInfo> ledgers = new ArrayList<>();
        try (ProcessMemory memory = ProcessMemory.open(process)) {
            for (Module module : symbols.modules()) {
                LedgerInfo ledger = ledger(module, entryExit, new CachedMemory(memory::read));
                if (ledger.getFunctions() > 0) {
                    ledgers.add(ledger);
                }
            }
        }
        return ledgers;
    }

    private LedgerInfo ledger(Module module, boolean entryExit, Memory memory) {
        int possible = 0;
        Map<String, Integer> refused = new TreeMap<>();
        long[] places;
        try {
            places = module.file().landmarks();
        } catch (Failure fileGone) {
            places = new long[0];
        }
        for (long place : places) {
            if (!module.file().isEntry(place) || module.file().isLinkage(place)) {
                continue;
            }
            if (plan(module, module.toProcess(place), entryExit, memory) instanceof Refusal refusal) {
                refused.merge(refusal.reason().name(), 1, Integer::sum);
            } else {
                possible++;
            }
        }
        int all =
                possible + refused.values().stream().mapToInt(Integer::intValue).sum();
        return new LedgerInfo(module.name(), all, possible, refused);
    }
}
