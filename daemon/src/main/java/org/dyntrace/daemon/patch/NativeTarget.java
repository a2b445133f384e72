package org.dyntrace.daemon.patch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dyntrace.daemon.code.Memory;
import org.dyntrace.daemon.code.PatchedCode;
import org.dyntrace.daemon.code.Planned;
import org.dyntrace.daemon.code.Refusal;
import org.dyntrace.daemon.code.SitePlan;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.code.Window;
import org.dyntrace.daemon.elf.Match;
import org.dyntrace.daemon.elf.Module;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.Query;
import org.dyntrace.daemon.elf.Symbols;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.link.OpenedLog;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.ThreadStop;
import org.dyntrace.daemon.target.Placement;
import org.dyntrace.daemon.target.Progress;
import org.dyntrace.daemon.target.TracedCode;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracerSpec;

/** The tracepoints of one native process with an agent. Any thread may use it; one request at a time. */
public final class NativeTarget implements TracedCode {
    /** Bytes from a place to the last one that is replaced for it, at the most, with an island and all. */
    private static final int FARTHEST_ISLAND = 256;

    /** How long threads have to leave the agent's code. */
    private static final long EVACUATION_NANOS = 3_000_000_000L;

    private static final long EVACUATION_PAUSE_NANOS = 20_000_000;

    /** So many small pieces of memory are read one by one. */
    private static final int FEW = 16;

    /** The daemon's own tracepoint, while others wait for modules: where the loader says to debuggers that it has loaded some. */
    private static final String LOADS = "(loads)";

    private static final Query LOADER = new Query(Query.Kind.NAME, "_dl_debug_state", "", 0);
    private static final Logger LOG = System.getLogger(NativeTarget.class.getName());

    private final NativeLink link;
    private final ModuleCache modules;
    private final SitePlanner planner;
    private final ProcessMemory memory;
    private final AgentLayout layout;
    private final Counters counters;
    private final Arena arena;
    private final Patcher patcher;
    private final Journal journal;
    private final Map<String, Tracepoint> tracepoints = new LinkedHashMap<>();
    private final Map<String, List<SiteInfo>> refused = new LinkedHashMap<>();
    private final NavigableMap<Long, PatchedPlace> places = new TreeMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final Map<String, LastHit> lastHits = new HashMap<>();
    private int nextCounter;
    private long listeners;
    private boolean lttngIsBaseline;

    /**
     * The process at the other end of a link, with the tracepoints that it has already.
     *
     * @param link to its agent
     * @param modules for its functions
     * @param planner for its places
     */
    public NativeTarget(NativeLink link, ModuleCache modules, SitePlanner planner) {
        this.link = link;
        this.modules = modules;
        this.planner = planner;
        this.memory = ProcessMemory.open(link.process());
        this.layout = AgentLayout.read(memory, link.anchor());
        this.counters = new Counters(memory, layout);
        this.arena = new Arena(link, this::stillUsed);
        this.patcher = new Patcher(memory, layout, arena, planner);
        this.journal = new Journal(link, memory, layout);
        tracepoints.putAll(journal.load());
        if (!tracepoints.isEmpty()) {
            Symbols symbols = modules.symbolsOf(link.process());
            List.copyOf(tracepoints.values()).forEach(tracepoint -> readopt(tracepoint, symbols));
            finish();
        }
        look();
        link.onLoaded(this::modulesCame);
        modulesCame();
    }

    private void readopt(Tracepoint tracepoint, Symbols symbols) {
        for (SiteRecord site : tracepoint.sites()) {
            symbols.moduleAt(site.patchAddress())
                    .filter(module -> module.name().equals(site.module()))
                    .map(module -> new SitePlan(module, site.address(), site.window(), site.island()))
                    .flatMap(plan -> patcher.leadsToUs(plan).map(now -> new PatchedPlace(plan, now)))
                    .ifPresent(found -> {
                        places.putIfAbsent(site.patchAddress(), found);
                        if (tracepoint.isEnabled()) {
                            attach(places.get(site.patchAddress()), tracepoint, site.structure());
                        }
                    });
        }
    }

    /**
     * What a daemon that was killed had begun: what was not there yet, or not any more, is taken out of the code; what was being
     * switched is disabled. A tracepoint that waits for its module is enabled then, and placed again.
     */
    private void finish() {
        List<Tracepoint> unfinished = tracepoints.values().stream()
                .filter(tracepoint -> tracepoint.phase().isUnfinished())
                .toList();
        if (unfinished.isEmpty()) {
            return;
        }
        List<PatchedPlace> changed = unfinished.stream()
                .flatMap(tracepoint -> tracepoint.sites().stream())
                .map(site -> places.get(site.patchAddress()))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        patcher.apply(changed, new PendingWrites(memory), threads -> {});
        forgetEmptyPlaces();
        for (Tracepoint tracepoint : unfinished) {
            if (tracepoint.phase() == Phase.SWITCHING) {
                tracepoints.put(
                        tracepoint.name(),
                        journal.enter(tracepoint.waits() ? Phase.ENABLED : Phase.DISABLED, tracepoint));
            } else {
                forget(tracepoint);
            }
        }
    }

    @Override
    public synchronized TracepointInfo add(Placement wanted, Progress progress) {
        Location location = wanted.location();
        TracerSpec tracer = wanted.tracer();
        String name = wanted.name();
        int counter = freeCounter();
        forgetGone(places.keySet());
        Symbols symbols = modules.symbolsOf(link.process());
        Query query = query(location);
        boolean waits = query.namesModule() && !symbols.hasModule(query);
        List<SiteInfo> no = new ArrayList<>();
        List<PlannedSite> plans = waits ? List.of() : plan(symbols.find(query, link::resolve), wanted.entryExit(), no);
        if (plans.isEmpty() && !waits) {
            throw noSite(location, no);
        }
        OpenedLog log = openLog(wanted);
        try {
            if (waits) {
                watchLoads(symbols);
            }
            counters.clear(counter);
            Tracepoint bare = new Tracepoint(
                    name,
                    location.toString(),
                    wanted.entryExit(),
                    tracer.tracer().word(),
                    tracer.arguments(),
                    wanted.uid(),
                    counter,
                    log,
                    waits,
                    waits ? Phase.ENABLED : Phase.PLACING,
                    List.of());
            tracepoints.put(name, put(bare, plans, journal::add));
        } catch (RuntimeException e) {
            journal.remove(name);
            closeLog(log);
            watchNoLoads();
            throw e;
        }
        if (!waits) {
            refused.put(name, no);
        }
        if (tracer.tracer() == TracerSpec.Tracer.LTTNG) {
            listeners = layout.lttngListeners(memory);
            emitInfo(tracepoint(name));
        }
        if (waits) {
            // It may have come before it could be told.
            placeWaiting();
        }
        return info(tracepoint(name));
    }

    /** Places a tracepoint; {@return it, with its places} On failure none of them is there. */
    private Tracepoint put(Tracepoint bare, List<PlannedSite> plans, Consumer<Tracepoint> record) {
        List<SiteRecord> sites = new ArrayList<>();
        PendingWrites writes = new PendingWrites(memory);
        try {
            plans.forEach(planned -> sites.add(site(planned, bare, writes)));
            Tracepoint whole = bare.at(sites);
            record.accept(whole);
            place(whole, plans.stream().map(PlannedSite::plan).toList(), writes);
            return journal.enter(Phase.ENABLED, whole);
        } catch (RuntimeException e) {
            sites.forEach(site -> arena.retire(site.structure()));
            detach(bare.at(sites));
            forgetEmptyPlaces();
            throw e;
        }
    }

    /** From now on the agent tells when libraries have been loaded. */
    private void watchLoads(Symbols symbols) {
        if (tracepoints.containsKey(LOADS)) {
            return;
        }
        List<SiteInfo> no = new ArrayList<>();
        List<PlannedSite> plans = plan(symbols.find(LOADER, link::resolve), false, no);
        if (plans.isEmpty()) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    "Process " + link.process().pid() + " can't tell when it loads a library: "
                            + no.get(0).getReason(),
                    "Add the tracepoint when the library is loaded.");
        }
        Tracepoint loads = new Tracepoint(
                LOADS, LOADER.text(), false, LOADS, List.of(), 0, freeCounter(), null, false, Phase.PLACING, List.of());
        try {
            tracepoints.put(LOADS, put(loads, plans, journal::add));
        } catch (RuntimeException e) {
            journal.remove(LOADS);
            throw e;
        }
    }

    private void watchNoLoads() {
        if (tracepoints.containsKey(LOADS) && tracepoints.values().stream().noneMatch(NativeTarget::isWaiting)) {
            try {
                take(tracepoints.get(LOADS));
            } catch (Failure e) {
                // It does no harm, and is of use to the next one that waits.
                LOG.log(Level.WARNING, "process " + link.process().pid(), e);
            }
        }
    }

    private static boolean isWaiting(Tracepoint tracepoint) {
        return tracepoint.waits() && tracepoint.isEnabled();
    }

    /** The agent has said that the process has loaded libraries; a thread of it may wait for us. */
    private void modulesCame() {
        if (looking.compareAndSet(false, true)) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            placeWaiting();
                        } catch (RuntimeException e) {
                            LOG.log(
                                    Level.DEBUG,
                                    "loads of process " + link.process().pid(),
                                    e);
                        }
                    },
                    "loads of " + link.process().pid());
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Places what waits for modules that are there now. */
    private synchronized void placeWaiting() {
        // Not before: else each message of an agent that sends without end would have a thread wait for this lock.
        looking.set(false);
        int upTo = layout.loadCount(memory);
        List<Tracepoint> placed = new ArrayList<>();
        try {
            Symbols symbols = modules.symbolsOf(link.process());
            for (Tracepoint tracepoint : List.copyOf(tracepoints.values())) {
                if (isWaiting(tracepoint) && placeWaiting(tracepoint, symbols)) {
                    placed.add(tracepoint(tracepoint.name()));
                }
            }
        } finally {
            layout.loadsSeen(memory, upTo);
        }
        placed.stream().filter(NativeTarget::isLttng).forEach(this::emitInfo);
    }

    private boolean placeWaiting(Tracepoint tracepoint, Symbols symbols) {
        forgetGone(addresses(tracepoint));
        Query query = query(Location.parse(tracepoint.location()));
        if (tracepoint.sites().stream().anyMatch(site -> isThere(tracepoint, site))) {
            return false;
        }
        refused.remove(tracepoint.name());
        if (!symbols.hasModule(query)) {
            return false;
        }
        List<SiteInfo> no = new ArrayList<>();
        boolean done = false;
        try {
            List<PlannedSite> plans = plan(symbols.find(query, NativeTarget::notYet), tracepoint.entryExit(), no);
            if (!plans.isEmpty()) {
                tracepoints.put(tracepoint.name(), put(tracepoint.in(Phase.SWITCHING), plans, journal::replace));
                retire(tracepoint.sites());
                done = true;
            }
        } catch (Failure e) {
            if (memory.process().isAlive()) {
                journal.replace(tracepoint);
            }
            no.add(new SiteInfo(0, query.text(), query.at(), e.reason().name(), e.getMessage()));
        }
        refused.put(tracepoint.name(), no);
        return done;
    }

    /** Its resolver may not run before the loader has relocated it. */
    private static long notYet(long resolver) {
        throw new Failure(
                Reason.UNSUPPORTED,
                "Its implementation is chosen only when the library has been loaded.",
                "Add the tracepoint again now.");
    }

    private boolean isThere(Tracepoint tracepoint, SiteRecord site) {
        PatchedPlace place = places.get(site.patchAddress());
        return place != null && place.isHeldBy(tracepoint.name());
    }

    private void retire(List<SiteRecord> sites) {
        Memory structures = together(sites.size(), memory::read);
        byte[] flags = new byte[Integer.BYTES];
        for (SiteRecord site : sites) {
            long at = site.structure() + AgentLayout.SITE_FLAGS;
            structures.read(at, flags);
            memory.writeInt(
                    at, ByteBuffer.wrap(flags).order(ByteOrder.LITTLE_ENDIAN).getInt() | AgentLayout.FLAG_DEAD);
            arena.retire(site.structure());
        }
    }

    private static Query query(Location location) {
        if (location instanceof Location.Address address) {
            return new Query(Query.Kind.ADDRESS, "", "", address.value());
        }
        if (location instanceof Location.Glob glob) {
            return new Query(Query.Kind.GLOB, glob.pattern(), glob.at(), 0);
        }
        if (location instanceof Location.Regex regex) {
            return new Query(Query.Kind.REGEX, regex.expression(), regex.at(), 0);
        }
        if (location instanceof Location.Symbol symbol && symbol.scope() != Location.Scope.JAVA) {
            return symbol.asGlob()
                    .map(glob -> new Query(Query.Kind.GLOB, glob.pattern(), glob.at(), 0))
                    .orElse(new Query(Query.Kind.NAME, symbol.name(), symbol.at(), symbol.offset()));
        }
        throw new Failure(
                Reason.UNSUPPORTED,
                location + " is a Java method, and this is a native agent.",
                "Give a function's name.");
    }

    /**
     * A place that is about to be patched.
     *
     * @param plan how
     * @param match what it was found by
     */
    private record PlannedSite(SitePlan plan, Match match) {}

    private List<PlannedSite> plan(List<Match> matches, boolean entryExit, List<SiteInfo> no) {
        List<PlannedSite> plans = new ArrayList<>();
        PatchedCode patched = patched();
        Set<Long> taken = new HashSet<>();
        Memory code = new CachedMemory(patcher::code);
        for (Match match : matches) {
            Planned planned = match.problem()
                    .<Planned>map(problem -> new Refusal(problem.reason(), problem.getMessage()))
                    .orElseGet(() -> planner.plan(match.module(), match.address(), entryExit, code, patched));
            if (planned instanceof Refusal refusal) {
                no.add(new SiteInfo(
                        match.address(),
                        match.name(),
                        match.module().name(),
                        refusal.reason().name(),
                        refusal.sentence()));
            } else if (planned instanceof SitePlan plan && taken.add(plan.patchAddress())) {
                plans.add(new PlannedSite(plan, match));
                patched.add(plan);
            }
        }
        return plans;
    }

    /** {@return what is patched} */
    public synchronized PatchedCode patched() {
        PatchedCode patched = new PatchedCode();
        places.values().forEach(place -> patched.add(place.plan()));
        return patched;
    }

    /**
     * Looks at code that may be ours, while nothing is placed or removed.
     *
     * @param from an address
     * @param to the address behind
     * @param look is told what is ours there, by address; must be short
     * @param <T> the type of what it finds
     * @return what it finds
     */
    public synchronized <T> T lookAt(long from, long to, Function<List<LivePatch>, T> look) {
        return look.apply(places.subMap(from - FARTHEST_ISLAND, to + FARTHEST_ISLAND).values().stream()
                .flatMap(NativeTarget::live)
                .filter(patch -> patch.end() > from && patch.address() < to)
                .toList());
    }

    private static Stream<LivePatch> live(PatchedPlace place) {
        List<String> names = place.attached().stream()
                .map(PatchedPlace.Attached::tracepoint)
                .distinct()
                .toList();
        List<Window> windows = place.plan().windows();
        return IntStream.range(0, windows.size())
                .mapToObj(i ->
                        new LivePatch(windows.get(i).start(), place.current().get(i), names));
    }

    /**
     * {@return whether executable memory without a file is ours: trampolines, or stubs of entry/exit}
     *
     * @param memory a mapping of the process
     */
    public synchronized boolean isOurs(Mapping memory) {
        return memory.start() >= layout.stubs() && memory.start() - layout.stubs() < AgentLayout.FRAME_REGION
                || arena.isIn(memory)
                || tracepoints.values().stream()
                        .anyMatch(tracepoint ->
                                tracepoint.sites().stream().anyMatch(site -> memory.contains(site.structure())));
    }

    private static Failure noSite(Location location, List<SiteInfo> no) {
        if (no.size() == 1) {
            SiteInfo site = no.get(0);
            return new Failure(
                    Reason.valueOf(site.getState()),
                    site.getSymbol() + ": " + site.getReason(),
                    "Choose another function or address of it; see 'dyntrace list-symbols'.");
        }
        return new Failure(
                Reason.NO_SITE,
                "None of the " + no.size() + " places that " + location + " stands for can be had; the first: "
                        + no.get(0).getReason(),
                "Choose another function or address; see 'dyntrace list-symbols'.");
    }

    private SiteRecord site(PlannedSite planned, Tracepoint tracepoint, PendingWrites writes) {
        SitePlan plan = planned.plan();
        Match match = planned.match();
        String module = match.module().name();
        OpenedLog log = tracepoint.log();
        byte[] line = (tracepoint.name() + " 0x" + Long.toHexString(plan.address()) + " " + match.name() + "@" + module)
                .getBytes(StandardCharsets.UTF_8);
        long structure = arena.allocate(plan.patchAddress(), AgentLayout.SITE + line.length);
        ByteBuffer bytes = ByteBuffer.allocate(AgentLayout.SITE + line.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(plan.address());
        bytes.putLong(tracerOf(tracepoint));
        bytes.putLong(0);
        bytes.putInt(tracepoint.counter());
        bytes.putInt(flags(tracepoint) | (LockedCode.mayHoldLocks(match) ? AgentLayout.FLAG_LOCKED : 0));
        bytes.putLong(log == null ? 0 : log.device());
        bytes.putLong(log == null ? 0 : log.inode());
        bytes.putLong(structure + AgentLayout.SITE);
        bytes.putInt(line.length);
        bytes.putInt(log == null ? 1 : log.fd());
        bytes.put(line);
        writes.put(structure, bytes.array());
        return new SiteRecord(plan.address(), plan.window(), plan.island(), structure, match.name(), module);
    }

    private static boolean isLttng(Tracepoint tracepoint) {
        return tracepoint.tracer().equals(TracerSpec.Tracer.LTTNG.word());
    }

    /** How much of the vector registers is to be kept. */
    private int flags(Tracepoint tracepoint) {
        if (isLttng(tracepoint)) {
            return lttngIsBaseline ? AgentLayout.FLAG_BASELINE : 0;
        }
        return tracepoint.tracer().equals(LOADS) ? AgentLayout.FLAG_VECTOR : 0;
    }

    private long tracerOf(Tracepoint tracepoint) {
        if (isLttng(tracepoint)) {
            return layout.lttngTracer(memory);
        }
        if (tracepoint.tracer().equals(LOADS)) {
            return layout.loads();
        }
        return tracepoint.tracer().equals(TracerSpec.Tracer.LOG.word()) ? layout.log() : 0;
    }

    /** The tracepoint's first sites are those of the plans, in their order. */
    private void place(Tracepoint tracepoint, List<SitePlan> plans, PendingWrites writes) {
        List<PatchedPlace> changed = new ArrayList<>(plans.size());
        for (int i = 0; i < plans.size(); i++) {
            SitePlan plan = plans.get(i);
            PatchedPlace place =
                    places.computeIfAbsent(plan.patchAddress(), at -> new PatchedPlace(plan, originals(plan)));
            attach(place, tracepoint, tracepoint.sites().get(i).structure());
            changed.add(place);
        }
        patcher.apply(changed, writes, threads -> {});
    }

    private static List<byte[]> originals(SitePlan plan) {
        return plan.windows().stream().map(Window::bytes).toList();
    }

    private static void attach(PatchedPlace place, Tracepoint tracepoint, long structure) {
        Trampoline.Kind kind = tracepoint.entryExit()
                ? Trampoline.Kind.ENTER
                : tracepoint.tracer().equals(TracerSpec.Tracer.COUNT.word())
                        ? Trampoline.Kind.COUNT
                        : Trampoline.Kind.HIT;
        PatchedPlace.Attached attached = new PatchedPlace.Attached(
                tracepoint.name(), new Trampoline.Part(kind, structure, tracepoint.counter()));
        List<PatchedPlace.Attached> list = place.attached();
        int at = list.size();
        // Entries come last: a part behind one would be run by the stub, with the return address already taken.
        while (kind != Trampoline.Kind.ENTER
                && at > 0
                && list.get(at - 1).part().kind() == Trampoline.Kind.ENTER) {
            at--;
        }
        list.add(at, attached);
    }

    private List<PatchedPlace> detach(Tracepoint tracepoint) {
        List<PatchedPlace> changed = new ArrayList<>();
        for (SiteRecord site : tracepoint.sites()) {
            PatchedPlace place = places.get(site.patchAddress());
            if (place != null && place.attached().removeIf(a -> a.tracepoint().equals(tracepoint.name()))) {
                changed.add(place);
            }
        }
        return changed;
    }

    private static List<Long> addresses(Tracepoint tracepoint) {
        return tracepoint.sites().stream().map(SiteRecord::patchAddress).toList();
    }

    /** For many small pieces of memory that lie near each other. */
    private static Memory together(int pieces, Memory memory) {
        return pieces < FEW ? memory : new CachedMemory(memory);
    }

    private void forgetGone(Collection<Long> addresses) {
        Memory code = together(addresses.size(), patcher::code);
        for (long at : List.copyOf(addresses)) {
            PatchedPlace place = places.get(at);
            if (place != null && !place.holds(code) && place.isGone(memory)) {
                places.remove(at);
                arena.retire(place.trampoline());
            }
        }
    }

    private void forgetEmptyPlaces() {
        places.values().removeIf(place -> place.attached().isEmpty());
    }

    /** With all threads stopped, so that what is said is still true when they go on: nothing leads to the pieces. */
    private Set<Long> stillUsed(NavigableMap<Long, Integer> pieces) {
        try {
            return ThreadStop.<Set<Long>>run(
                    link.process(), threads -> new StillUsed(memory, counters, pieces).find(threads));
        } catch (Failure e) {
            // There is other room.
            return Set.copyOf(pieces.keySet());
        }
    }

    @Override
    public synchronized void remove(String name, Progress progress) {
        take(tracepoint(name));
        watchNoLoads();
    }

    private void take(Tracepoint tracepoint) {
        if (tracepoint.isEnabled()) {
            takeOut(tracepoint, Phase.REMOVING);
        }
        forget(tracepoint);
    }

    /**
     * Removes all tracepoints, and makes the agent give back what it has in the process. Its thread ends then, and with it the link.
     *
     * @return what is left for the daemon to do
     * @throws Failure BUSY_SITE when a thread stays in a tracer, or on a stack that can't be looked at: then the agent stays, without
     *     tracepoints
     */
    public synchronized Leaving detach() {
        for (Tracepoint tracepoint : List.copyOf(tracepoints.values())) {
            take(tracepoint);
        }
        Evacuation evacuation = new Evacuation(memory, layout, counters);
        long deadline = System.nanoTime() + EVACUATION_NANOS;
        while (!evacuation.attempt()) {
            if (System.nanoTime() > deadline) {
                throw new Failure(
                        Reason.BUSY_SITE,
                        "The tracepoints of process " + link.process().pid()
                                + " are removed, but its agent stays: a thread is in a tracer, or on a stack that dyntrace can't"
                                + " look through.",
                        "Try again later. Without tracepoints the agent sleeps.");
            }
            LockSupport.parkNanos(EVACUATION_PAUSE_NANOS);
        }
        int thread = layout.thread(memory);
        long stack = layout.stack(memory);
        long stackSize = layout.stackSize(memory);
        NativeLink.Left left = link.leave();
        return new Leaving(thread, stack, stackSize, left.handle(), layout.claim(), left.reason());
    }

    /** Takes a tracepoint out of the code, or leaves it as it was and throws. */
    private void takeOut(Tracepoint tracepoint, Phase meanwhile) {
        forgetGone(addresses(tracepoint));
        journal.enter(meanwhile, tracepoint);
        List<PatchedPlace> changed = detach(tracepoint);
        try {
            patcher.apply(changed, new PendingWrites(memory), threads -> {
                if (tracepoint.entryExit()) {
                    new AbandonedFrames(memory, layout, counters).mark(threads);
                }
            });
        } catch (RuntimeException e) {
            for (SiteRecord site : tracepoint.sites()) {
                PatchedPlace place = places.get(site.patchAddress());
                if (changed.contains(place)) {
                    attach(place, tracepoint, site.structure());
                }
            }
            if (memory.process().isAlive()) {
                journal.enter(tracepoint.phase(), tracepoint);
            }
            throw e;
        }
        forgetEmptyPlaces();
        if (tracepoint.entryExit()) {
            link.reap();
        }
    }

    /** Gives back what a tracepoint has that is not in the code any more. */
    private void forget(Tracepoint tracepoint) {
        retire(tracepoint.sites());
        journal.remove(tracepoint.name());
        tracepoints.remove(tracepoint.name());
        refused.remove(tracepoint.name());
        lastHits.remove(tracepoint.name());
        closeLog(tracepoint.log());
    }

    private OpenedLog openLog(Placement wanted) {
        if (wanted.logDescriptor() >= 0) {
            return link.openLog(wanted.logDescriptor());
        }
        return wanted.tracer().tracer() == TracerSpec.Tracer.LOG ? OpenedLog.stdout(link.process()) : null;
    }

    private void closeLog(OpenedLog log) {
        if (log != null && !log.isStdout()) {
            link.closeLog(log);
        }
    }

    @Override
    public synchronized TracepointInfo disable(String name, Progress progress) {
        Tracepoint tracepoint = tracepoint(name);
        if (tracepoint.isEnabled()) {
            takeOut(tracepoint, Phase.SWITCHING);
            tracepoints.put(name, journal.enter(Phase.DISABLED, tracepoint));
            watchNoLoads();
        }
        return info(name);
    }

    @Override
    public synchronized TracepointInfo enable(String name, Progress progress) {
        Tracepoint tracepoint = tracepoint(name);
        if (!tracepoint.isEnabled()) {
            Symbols symbols = modules.symbolsOf(link.process());
            if (tracepoint.waits()) {
                watchLoads(symbols);
                tracepoints.put(name, journal.enter(Phase.ENABLED, tracepoint));
                placeWaiting();
            } else {
                tracepoints.put(name, putBack(tracepoint, symbols));
                if (isLttng(tracepoint)) {
                    emitInfo(tracepoint(name));
                }
            }
        }
        return info(name);
    }

    /** Puts a tracepoint back into its places, or leaves it as it was and throws; {@return it, with its places as they are now} */
    private Tracepoint putBack(Tracepoint tracepoint, Symbols symbols) {
        forgetGone(places.keySet());
        List<SitePlan> plans = new ArrayList<>();
        List<SiteRecord> sites = new ArrayList<>();
        List<SiteRecord> lost = new ArrayList<>();
        List<SiteInfo> no = new ArrayList<>();
        PatchedCode patched = patched();
        Memory code = new CachedMemory(patcher::code);
        for (SiteRecord site : tracepoint.sites()) {
            Planned planned = planAgain(site, tracepoint, symbols, code, patched);
            if (planned instanceof SitePlan plan) {
                plans.add(plan);
                patched.add(plan);
                // What the tracer is told of the place is what it was.
                sites.add(new SiteRecord(
                        site.address(), plan.window(), plan.island(), site.structure(), site.symbol(), site.module()));
            } else if (planned instanceof Refusal refusal) {
                lost.add(site);
                no.add(new SiteInfo(
                        site.address(),
                        site.symbol(),
                        site.module(),
                        refusal.reason().name(),
                        refusal.sentence()));
            }
        }
        if (plans.isEmpty()) {
            throw noSite(Location.parse(tracepoint.location()), no);
        }
        sites.addAll(lost);
        Tracepoint whole = tracepoint.in(Phase.SWITCHING).at(sites);
        journal.replace(whole);
        try {
            place(whole, plans, new PendingWrites(memory));
        } catch (RuntimeException e) {
            detach(whole);
            forgetEmptyPlaces();
            if (memory.process().isAlive()) {
                journal.replace(tracepoint);
            }
            throw e;
        }
        refused.put(
                tracepoint.name(),
                Stream.concat(refusedElsewhere(tracepoint), no.stream()).toList());
        return journal.enter(Phase.ENABLED, whole);
    }

    /** Other tracepoints may have come near, and the module may have gone, or another one be in its place. */
    private Planned planAgain(
            SiteRecord site, Tracepoint tracepoint, Symbols symbols, Memory code, PatchedCode patched) {
        Optional<Module> module =
                symbols.moduleAt(site.address()).filter(there -> there.name().equals(site.module()));
        if (module.isEmpty()) {
            return new Refusal(Reason.MODULE_GONE, site.module() + " has been unloaded.");
        }
        Planned planned = planner.plan(module.get(), site.address(), tracepoint.entryExit(), code, patched);
        boolean same = !(planned instanceof SitePlan plan) || plan.window().beginsAs(site.window());
        return same ? planned : new Refusal(Reason.MODULE_GONE, site.module() + " is another one now.");
    }

    private Tracepoint tracepoint(String name) {
        Tracepoint tracepoint = tracepoints.get(name);
        if (tracepoint == null) {
            throw new Failure(
                    Reason.NO_SUCH_TRACEPOINT,
                    "Process " + link.process().pid() + " has no tracepoint '" + name + "'.",
                    names().isEmpty() ? "It has none." : "It has: " + String.join(", ", names()) + ".");
        }
        return tracepoint;
    }

    @Override
    public synchronized List<String> names() {
        return tracepoints.keySet().stream().filter(name -> !name.equals(LOADS)).toList();
    }

    @Override
    public synchronized TracepointInfo info(String name) {
        return info(tracepoint(name));
    }

    private TracepointInfo info(Tracepoint tracepoint) {
        long[] counts = counters.read(tracepoint.counter());
        LastHit lastHit = look(tracepoint, counts[0]);
        List<SiteRecord> sites = tracepoint.sites();
        forgetGone(addresses(tracepoint));
        int placed =
                (int) sites.stream().filter(site -> isThere(tracepoint, site)).count();
        int missing = tracepoint.isEnabled() ? sites.size() - placed : 0;
        boolean waiting = isWaiting(tracepoint) && (missing > 0 || isNowhere(tracepoint));
        return new TracepointInfo(
                tracepoint.name(),
                tracepoint.location(),
                tracepoint.entryExit(),
                tracepoint.tracer(),
                tracepoint.arguments(),
                tracepoint.uid(),
                counts[0],
                counts[1],
                counts[2],
                placed,
                missing
                        + (isNowhere(tracepoint) ? 1 : 0)
                        + (int) refusedElsewhere(tracepoint).count(),
                waiting,
                tracepoint.isEnabled(),
                lastHit.at(),
                lastHit.precision());
    }

    private LastHit look(Tracepoint tracepoint, long hits) {
        LastHit known = lastHits.computeIfAbsent(tracepoint.name(), name -> new LastHit(hits));
        known.look(hits);
        return known;
    }

    @Override
    public synchronized void look() {
        if (!tracepoints.isEmpty()) {
            long[] blocks = counters.blocks();
            tracepoints.values().forEach(tracepoint -> look(tracepoint, counters.sum(tracepoint.counter(), blocks)));
        }
    }

    /** {@return places that the tracepoint was refused, and never had} */
    private Stream<SiteInfo> refusedElsewhere(Tracepoint tracepoint) {
        Set<Long> known =
                tracepoint.sites().stream().map(SiteRecord::address).collect(Collectors.toCollection(HashSet::new));
        return refused.getOrDefault(tracepoint.name(), List.of()).stream()
                .filter(site -> !known.contains(site.getAddress()));
    }

    /** {@return whether its module has not been seen yet} */
    private boolean isNowhere(Tracepoint tracepoint) {
        return isWaiting(tracepoint) && tracepoint.sites().isEmpty() && !refused.containsKey(tracepoint.name());
    }

    @Override
    public synchronized List<SiteInfo> sites(String name) {
        Tracepoint tracepoint = tracepoint(name);
        List<SiteInfo> sites = new ArrayList<>();
        forgetGone(addresses(tracepoint));
        for (SiteRecord site : tracepoint.sites()) {
            sites.add(info(tracepoint, site));
        }
        if (isNowhere(tracepoint)) {
            Query query = query(Location.parse(tracepoint.location()));
            sites.add(new SiteInfo(0, query.text(), query.at(), SiteInfo.WAITING, query.at() + " is not loaded."));
        }
        refusedElsewhere(tracepoint).forEach(sites::add);
        return sites;
    }

    private SiteInfo info(Tracepoint tracepoint, SiteRecord site) {
        String state;
        String reason = "";
        if (!tracepoint.isEnabled()) {
            state = SiteInfo.DISABLED;
        } else if (isThere(tracepoint, site)) {
            state = SiteInfo.PLACED;
        } else {
            Optional<SiteInfo> lost = refused.getOrDefault(tracepoint.name(), List.of()).stream()
                    .filter(known -> known.getAddress() == site.address())
                    .findFirst();
            if (lost.isPresent()) {
                return lost.get();
            }
            state = tracepoint.waits() ? SiteInfo.WAITING : Reason.MODULE_GONE.name();
            reason = site.module() + " has been unloaded.";
        }
        return new SiteInfo(site.address(), site.symbol(), site.module(), state, reason);
    }

    /**
     * Loads the lttng tracer into the target, once.
     *
     * @param library its library
     */
    public synchronized void loadLttng(java.nio.file.Path library) {
        if (layout.lttngTracer(memory) == 0) {
            link.loadLttng(library);
        }
        if (!lttngIsBaseline) {
            List<Module> libraries = modules.symbolsOf(link.process()).modules().stream()
                    .filter(module -> module.name().startsWith("liblttng-ust"))
                    .toList();
            lttngIsBaseline =
                    !libraries.isEmpty() && libraries.stream().allMatch(module -> planner.isBaseline(module.file()));
        }
    }

    @Override
    public synchronized void watchRecordings() {
        List<Tracepoint> lttng = tracepoints.values().stream()
                .filter(tracepoint -> isLttng(tracepoint) && tracepoint.isEnabled())
                .toList();
        if (lttng.isEmpty()) {
            return;
        }
        long now = layout.lttngListeners(memory);
        if (now != listeners) {
            listeners = now;
            if (now != 0) {
                lttng.forEach(this::emitInfo);
            }
        }
    }

    private void emitInfo(Tracepoint tracepoint) {
        for (SiteRecord site : tracepoint.sites()) {
            link.emitInfo(tracepoint.name(), site.symbol(), site.module(), site.address());
        }
    }

    /** Counters are taken in turn, so that a thread that still is on its way through a removed one does no harm. */
    private int freeCounter() {
        int[] used = tracepoints.values().stream().mapToInt(Tracepoint::counter).toArray();
        for (int tries = 0; tries < AgentLayout.COUNTERS / 3; tries++) {
            int counter = nextCounter;
            nextCounter = (nextCounter + 3) % AgentLayout.COUNTERS;
            if (Arrays.stream(used).noneMatch(each -> each == counter)) {
                return counter;
            }
        }
        throw new Failure(
                Reason.TOO_MANY,
                "Process " + link.process().pid() + " has " + used.length + " tracepoints, the most that it can have.",
                "Remove some, or use one with a glob for many functions.");
    }

    @Override
    public void close() {
        memory.close();
    }
}
