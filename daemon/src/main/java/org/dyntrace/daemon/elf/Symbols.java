package org.dyntrace.daemon.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolInfo;

/** The functions of one process, as of one moment. Any thread may use it. */
public final class Symbols {
    private static final long REGEX_NANOSECONDS = 3_000_000_000L;

    /** From so many on, making all names of a file readable in one call is faster than one by one. */
    private static final int MANY_NAMES = 1000;

    private final ProcessId process;
    private final List<Module> modules;
    private final List<String> notes;

    Symbols(ProcessId process, List<Module> modules, List<String> notes) {
        this.process = process;
        this.modules = modules;
        this.notes = notes;
    }

    /** {@return what it has loaded, by address} */
    public List<Module> modules() {
        return modules;
    }

    /** {@return a sentence for each thing whose functions can't be told} */
    public List<String> notes() {
        return notes;
    }

    /** {@return the module whose code holds the address} */
    public Optional<Module> moduleAt(long address) {
        return modules.stream().filter(module -> module.contains(address)).findFirst();
    }

    /**
     * Tells what is at an address.
     *
     * @param address an address of the process
     * @return the place, with the function that it lies in if that is known; nothing when no module's code holds it
     */
    public Optional<Match> at(long address) {
        return moduleAt(address).map(module -> {
            long value = module.toFile(address);
            Optional<Symbol> symbol = module.file().symbolAt(value);
            long offset = symbol.map(found -> value - found.value()).orElse(0L);
            return new Match(module, symbol, address, offset, Optional.empty());
        });
    }

    /**
     * Finds the places that a query stands for.
     *
     * <p>A name without version means the default version. A name of an IFUNC means its implementation: the resolver is asked for
     * it; when that fails for one of several, its match says so.
     *
     * @param query what is wanted
     * @param resolver from the address of an IFUNC's resolver function to the address of the implementation; throws Failure
     * @return the places, each once, by module, then by address; never empty
     * @throws Failure NO_SUCH_SYMBOL; NOT_CODE for an address or offset outside of code; BAD_REQUEST for a bad pattern; what the
     *     resolver throws, when it is asked for a single name
     */
    public List<Match> find(Query query, LongUnaryOperator resolver) {
        if (query.kind() == Query.Kind.ADDRESS) {
            return List.of(at(query.offset()).orElseThrow(() -> notCode(query.offset())));
        }
        Map<Long, Match> found = new LinkedHashMap<>();
        Predicate<CharSequence> test = test(query);
        for (Module module : modules) {
            indexes(module, query, test).sorted().forEach(index -> {
                Symbol symbol = module.file().functions().symbol(index);
                Match match = match(module, symbol, query, resolver);
                found.putIfAbsent(match.address(), match);
            });
        }
        if (found.isEmpty()) {
            throw noSuchSymbol(query);
        }
        return List.copyOf(found.values());
    }

    /**
     * {@return whether there is a module that a query means}
     *
     * @param query what is wanted
     */
    public boolean hasModule(Query query) {
        return modules.stream().anyMatch(query::accepts);
    }

    /**
     * Lists functions.
     *
     * @param query which ones; of kind NAME, GLOB, REGEX or PART
     * @param offset how many to skip, ≥ 0
     * @param limit how many at the most, ≥ 0
     * @return that page, by module and address; shorter than the limit at the end
     * @throws Failure BAD_REQUEST for a bad pattern
     */
    public List<SymbolInfo> list(Query query, int offset, int limit) {
        List<SymbolInfo> page = new ArrayList<>();
        long skip = offset;
        Predicate<CharSequence> test = test(query);
        for (Module module : modules) {
            int[] indexes = indexes(module, query, test).sorted().toArray();
            if (indexes.length == 0) {
                continue;
            }
            FunctionTable table = module.file().functions();
            if (Math.min(limit - page.size(), indexes.length - skip) > MANY_NAMES) {
                table.makeReadable();
            }
            for (int i = (int) Math.min(skip, indexes.length); i < indexes.length; i++) {
                if (page.size() == limit) {
                    return page;
                }
                Symbol symbol = table.symbol(indexes[i]);
                page.add(new SymbolInfo(
                        symbol.displayName(),
                        symbol.linkName(),
                        module.name(),
                        module.toProcess(symbol.value()),
                        symbol.size()));
            }
            skip = Math.max(0, skip - indexes.length);
        }
        return page;
    }

    /** One test for all modules, since its time is limited as a whole. */
    private static Predicate<CharSequence> test(Query query) {
        return switch (query.kind()) {
            case GLOB -> NameTest.glob(query.text());
            case REGEX -> NameTest.regex(query.text(), REGEX_NANOSECONDS);
            case PART -> name -> name.toString().contains(query.text());
            case NAME, ADDRESS -> name -> false;
        };
    }

    private static IntStream indexes(Module module, Query query, Predicate<CharSequence> test) {
        boolean called = query.accepts(module);
        Optional<FunctionTable> readable = functions(module);
        if (readable.isEmpty()) {
            return IntStream.empty();
        }
        FunctionTable table = readable.get();
        if (!called && !hasVersion(table, query.version())) {
            return IntStream.empty();
        }
        boolean listing = query.kind() == Query.Kind.PART;
        IntStream named = switch (query.kind()) {
            case NAME -> table.named(query.text()).distinct();
            case GLOB, REGEX -> table.accepted(test);
            case PART -> query.text().isEmpty() ? IntStream.range(0, table.count()) : table.accepted(test);
            case ADDRESS -> IntStream.empty();
        };
        return named.filter(i ->
                called ? listing || table.defaultVersion(i) : table.version(i).equals(query.version()));
    }

    /** A file that is gone takes its own functions away, not those of the others. */
    private static Optional<FunctionTable> functions(Module module) {
        try {
            return Optional.of(module.file().functions());
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private static boolean hasVersion(FunctionTable table, String version) {
        return IntStream.range(0, table.count()).anyMatch(i -> table.version(i).equals(version));
    }

    private Match match(Module module, Symbol symbol, Query query, LongUnaryOperator resolver) {
        long start = module.toProcess(symbol.value());
        Module holder = module;
        if (symbol.ifunc()) {
            try {
                start = resolver.applyAsLong(start);
                long implementation = start;
                holder = moduleAt(start).orElseThrow(() -> notCode(implementation));
            } catch (Failure e) {
                if (query.kind() == Query.Kind.NAME) {
                    throw e;
                }
                return new Match(module, Optional.of(symbol), start, query.offset(), Optional.of(e));
            }
        }
        long address = start + query.offset();
        if (query.offset() != 0 && !holder.contains(address)) {
            throw notCode(address);
        }
        return new Match(holder, Optional.of(symbol), address, query.offset(), Optional.empty());
    }

    private static Failure notCode(long address) {
        return new Failure(
                Reason.NOT_CODE,
                String.format("0x%x is not in the code of any module of the process.", address),
                "See 'dyntrace list-symbols' for the functions and their addresses.");
    }

    private Failure noSuchSymbol(Query query) {
        String in = query.at().isEmpty() ? "" : " in " + query.at();
        List<String> others = otherVersions(query);
        String hint = "See 'dyntrace list-symbols " + process.pid() + " FILTER' for the functions that it has.";
        if (!others.isEmpty()) {
            hint = "It has only versions that are not the default: " + String.join(", ", others) + ".";
        } else if (!query.at().isEmpty() && modules.stream().noneMatch(query::accepts)) {
            hint = "No module is called, and no version is, " + query.at() + ". " + hint;
        }
        return new Failure(
                Reason.NO_SUCH_SYMBOL,
                "Process " + process.pid() + " has no function " + query.text() + in + ".",
                hint);
    }

    private List<String> otherVersions(Query query) {
        if (query.kind() != Query.Kind.NAME) {
            return List.of();
        }
        return modules.stream()
                .filter(query::accepts)
                .flatMap(module -> functions(module).stream())
                .flatMap(table -> table.named(query.text()).mapToObj(table::symbol))
                .sorted(Comparator.comparing(Symbol::version))
                .map(Symbol::displayName)
                .distinct()
                .limit(5)
                .toList();
    }
}
