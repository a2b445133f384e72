package org.dyntrace.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.LedgerInfo;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace list-symbols <pid|name> [FILTER] [--plan|--ledger] [-e]} */
@Command(
        name = "list-symbols",
        header = "Lists the functions of a process.",
        description = "Each line has the address, the size in bytes, the module and the name, which may hold blanks.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace list-symbols 4711                  all functions of all modules",
            "  dyntrace list-symbols 4711 @libc.so.6       those of one module",
            "  dyntrace list-symbols 4711 alloc            those with alloc in their name",
            "  dyntrace list-symbols bash 'read*' --json",
            "  dyntrace list-symbols server '/^ns::(Reader|Writer)::/'",
            "  dyntrace list-symbols 4711 'str*' --plan    how each would be patched, without touching the process",
            "  dyntrace list-symbols 4711 --ledger -e      for each module, how many functions can have -e",
            "",
            "What a hit costs its thread, beside the event itself: about 2 ns with count, 30 ns with count -e; see scripts/bench."
        })
final class ListSymbols implements Runnable {
    private static final int PAGE = 5000;

    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(index = "0", paramLabel = "<pid|name>", description = "The process.")
    private String process;

    @Parameters(
            index = "1",
            arity = "0..1",
            defaultValue = "",
            showDefaultValue = Visibility.NEVER,
            paramLabel = "FILTER",
            description = "A part of a name, a glob with * and ?, or a /regex/; @MODULE behind it for one module.")
    private String filter;

    @Option(
            names = "--json",
            description = "As a JSON array of objects: name, linkName, module, address, size; with --plan and --ledger,"
                    + " the attributes of the MBeans.")
    private boolean json;

    @ArgGroup
    private Preflight preflight = new Preflight();

    @Option(names = "-e", description = "With --plan and --ledger: for tracepoints on entry and exit.")
    private boolean entryExit;

    /** At most one of them. */
    static final class Preflight {
        @Option(
                names = "--plan",
                description = "For each native function: how it would be patched, or why it can't be.")
        private boolean plan;

        @Option(
                names = "--ledger",
                description = "For each module: how many native functions, named or not, can have a tracepoint, and why"
                        + " the others can't.")
        private boolean ledger;
    }

    @Override
    public void run() {
        Target target = Target.parse(process);
        SymbolFilter.parse(filter);
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            ProcessMXBean mbean =
                    daemon.process(daemon.daemon().find(target.toString()).getPid());
            if (preflight.ledger) {
                ledger(mbean, out);
            } else if (preflight.plan) {
                plan(mbean, out);
            } else if (json) {
                try (Json array = new Json(out)) {
                    each((from, size) -> mbean.listSymbols(filter, from, size), array::symbol);
                }
            } else {
                each(
                        (from, size) -> mbean.listSymbols(filter, from, size),
                        symbol -> out.line(String.format(
                                "%#018x %7d %s %s",
                                symbol.getAddress(), symbol.getSize(), symbol.getModule(), symbol.getName())));
            }
        }
    }

    private void plan(ProcessMXBean mbean, Stdout out) {
        Pages<PlanInfo> pages = (from, size) -> mbean.plan(filter, entryExit, from, size);
        if (json) {
            try (Json array = new Json(out)) {
                each(pages, array::plan);
            }
        } else {
            each(
                    pages,
                    plan -> out.line(String.format(
                            "%#018x %s %s: %s", plan.getAddress(), plan.getModule(), plan.getName(), describe(plan))));
        }
    }

    private static String describe(PlanInfo plan) {
        return plan.isPossible()
                ? String.format(
                        "%s in the place of %d bytes, %d %s; %d bytes of memory",
                        plan.getState().equals(PlanInfo.ISLAND) ? "a short jump and a long one near by" : "a jump",
                        plan.getReplacedBytes(),
                        plan.getMovedInstructions(),
                        plan.getMovedInstructions() == 1 ? "instruction" : "instructions",
                        plan.getMemoryBytes())
                : plan.getState() + ": " + plan.getReason();
    }

    private void ledger(ProcessMXBean mbean, Stdout out) {
        List<LedgerInfo> ledgers = Progress.during("planning all functions", () -> mbean.ledgers(entryExit));
        if (json) {
            try (Json array = new Json(out)) {
                ledgers.forEach(array::ledger);
            }
            return;
        }
        Table table = new Table("MODULE", "FUNCTIONS", "POSSIBLE", "%", "OTHERS");
        for (LedgerInfo ledger : ledgers) {
            table.row(
                    ledger.getModule(),
                    ledger.getFunctions(),
                    ledger.getPossible(),
                    // Not rounded up: 100 means all.
                    String.format(
                            Locale.ROOT,
                            "%6.2f",
                            Math.floor(10_000.0 * ledger.getPossible() / ledger.getFunctions()) / 100),
                    ledger.getRefused().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(entry -> entry.getValue() + " " + entry.getKey())
                            .collect(Collectors.joining(", ")));
        }
        table.print(out);
    }

    /** Gets a page. */
    private interface Pages<T> {
        List<T> get(int from, int size);
    }

    /** Page by page, so that the first lines come at once and neither side ever holds them all. */
    private static <T> void each(Pages<T> pages, Consumer<T> action) {
        for (int offset = 0; ; offset += PAGE) {
            int from = offset;
            List<T> page = Progress.during("reading symbols", () -> pages.get(from, PAGE));
            page.forEach(action);
            if (page.size() < PAGE) {
                return;
            }
        }
    }
}
