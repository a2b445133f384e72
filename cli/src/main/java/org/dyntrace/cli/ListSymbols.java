package org.dyntrace.cli;

import java.util.List;
import java.util.function.Consumer;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.mbeans.SymbolInfo;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace list-symbols <pid|name> [FILTER]} */
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
            "  dyntrace list-symbols server '/^ns::(Reader|Writer)::/'"
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

    @Option(names = "--json", description = "As a JSON array of objects: name, linkName, module, address, size.")
    private boolean json;

    @Override
    public void run() {
        Target target = Target.parse(process);
        SymbolFilter.parse(filter);
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            ProcessMXBean mbean =
                    daemon.process(daemon.daemon().find(target.toString()).getPid());
            if (json) {
                try (Json array = new Json(out)) {
                    each(mbean, array::symbol);
                }
            } else {
                each(
                        mbean,
                        symbol -> out.line(String.format(
                                "%#018x %7d %s %s",
                                symbol.getAddress(), symbol.getSize(), symbol.getModule(), symbol.getName())));
            }
        }
    }

    /** Page by page, so that the first lines come at once and neither side ever holds them all. */
    private void each(ProcessMXBean mbean, Consumer<SymbolInfo> action) {
        for (int offset = 0; ; offset += PAGE) {
            int from = offset;
            List<SymbolInfo> page = Progress.during("reading symbols", () -> mbean.listSymbols(filter, from, PAGE));
            page.forEach(action);
            if (page.size() < PAGE) {
                return;
            }
        }
    }
}
