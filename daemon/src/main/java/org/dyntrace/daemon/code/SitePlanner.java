package org.dyntrace.daemon.code;

import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.WeakHashMap;
import org.dyntrace.daemon.elf.Module;
import org.dyntrace.daemon.elf.ModuleFile;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Decides whether and how a place can hold the jump of a tracepoint. Any thread may use it. */
public final class SitePlanner {
    /** Why there may be room for 2 bytes where there was none for 5. */
    private static final Set<Reason> NARROW = EnumSet.of(
            Reason.TOO_SHORT,
            Reason.BRANCH_INTO_SITE,
            Reason.INDIRECT_BRANCH,
            Reason.NOT_RELOCATABLE,
            Reason.TOO_CLOSE,
            Reason.UNDECODABLE);

    private final Codec codec;
    private final Map<ModuleFile, SoftReference<FileCode>> files = new WeakHashMap<>();
    private volatile Recent recent;

    private record Recent(WeakReference<ModuleFile> file, FunctionCode function) {}

    /**
     * A planner.
     *
     * @param codec for the instructions
     */
    public SitePlanner(Codec codec) {
        this.codec = codec;
    }

    /**
     * Plans one place.
     *
     * @param module the module that holds it
     * @param address where, in the process
     * @param entryExit whether the function's exit is wanted as well
     * @param memory of the process
     * @param patched what we have patched already
     * @return a {@link SitePlan} or a {@link Refusal}
     * @throws Failure only for what concerns more than this place: the process or the module's file is gone
     */
    public Planned plan(Module module, long address, boolean entryExit, Memory memory, PatchedCode patched) {
        ModuleFile file = module.file();
        long place = module.toFile(address);
        if (!module.contains(address) || !file.isCode(place)) {
            return new Refusal(Reason.NOT_CODE, String.format("0x%x is not in code.", address));
        }
        FileCode known = code(file);
        ProcessCode now = new ProcessCode(module, memory, patched);
        Window before = known.window(place, entryExit);
        if (before != null) {
            Optional<SitePlan> shared = shared(module, address, module.toProcess(before.start()), patched);
            if (shared.isPresent()) {
                return shared.get();
            }
            if (now.conflict(place, before).isEmpty()) {
                return plan(now, place, before);
            }
        }
        Optional<FunctionCode> function = function(file, place);
        if (function.isEmpty()) {
            return new Refusal(
                    Reason.NOT_AN_INSTRUCTION,
                    String.format(
                            "Neither symbols nor unwind tables say where the function begins that 0x%x belongs to.",
                            address));
        }
        CodeIndex index = known.index();
        Optional<Refusal> refusal = checkBoundary(function.get(), place, address);
        if (refusal.isEmpty() && file.go()) {
            refusal = checkRoom(file, function.get());
        }
        if (refusal.isEmpty() && entryExit) {
            refusal = checkEntry(file, function.get(), place, index);
        }
        if (refusal.isPresent()) {
            return refusal.get();
        }
        WindowSearch search = new WindowSearch(file, function.get(), index, codec);
        OptionalInt first = search.first(place);
        if (first.isEmpty()) {
            return search.refusal();
        }
        long start = module.toProcess(function.get().startOf(place, first.getAsInt()));
        Optional<SitePlan> shared = shared(module, address, start, patched);
        if (shared.isPresent()) {
            return shared.get();
        }
        Optional<Window> room = search.window(place, first.getAsInt(), SitePlan.JUMP);
        room.ifPresent(found -> known.found(place, entryExit, found));
        Planned wide = plan(search, place, room, now);
        if (wide instanceof Refusal why && NARROW.contains(why.reason())) {
            Planned narrow = plan(search, place, search.window(place, first.getAsInt(), SitePlan.SHORT_JUMP), now);
            if (narrow instanceof SitePlan plan) {
                Window window = plan.window().at(module.toFile(start));
                return new IslandSearch(
                                file,
                                index,
                                codec,
                                island -> now.conflict(island.start(), island).isEmpty())
                        .near(window)
                        .<Planned>map(island -> new SitePlan(
                                module,
                                address,
                                plan.window(),
                                Optional.of(island.at(module.toProcess(island.start())))))
                        .orElse(wide);
            }
        }
        return wide;
    }

    /** Several tracepoints may share one jump. */
    private static Optional<SitePlan> shared(Module module, long address, long start, PatchedCode patched) {
        return patched.at(start).map(other -> new SitePlan(module, address, other.window(), other.island()));
    }

    private static Planned plan(WindowSearch search, long place, Optional<Window> found, ProcessCode now) {
        if (found.isEmpty()) {
            return search.refusal();
        }
        return now.conflict(place, found.get())
                .<Planned>map(refusal -> refusal)
                .orElseGet(() -> plan(now, place, found.get()));
    }

    private static SitePlan plan(ProcessCode now, long place, Window window) {
        Module module = now.module();
        return new SitePlan(
                module, module.toProcess(place), window.at(module.toProcess(window.start())), Optional.empty());
    }

    /**
     * Moves the instructions of a window.
     *
     * @param window of a plan; one that holds instructions
     * @param destination where they go
     * @return the moved instructions
     * @throws Failure NO_ROOM when something they refer to is more than 2 GiB away from there
     */
    public Relocated relocate(Window window, long destination) {
        byte[] code = Arrays.copyOf(window.bytes(), window.codeLength());
        return codec.relocate(code, window.length(), window.start(), destination);
    }

    /** Many places of one function tend to be planned one after the other. */
    private Optional<FunctionCode> function(ModuleFile file, long place) {
        Recent known = recent;
        if (known != null
                && known.file().get() == file
                && file.functionAt(place).filter(known.function()::is).isPresent()) {
            return Optional.of(known.function());
        }
        Optional<FunctionCode> function = FunctionCode.at(file, place, codec);
        function.ifPresent(found -> recent = new Recent(new WeakReference<>(file), found));
        return function;
    }

    private static Optional<Refusal> checkBoundary(FunctionCode function, long place, long address) {
        if (function.hasBadBefore(place)) {
            return refuse(Reason.UNDECODABLE, "Bytes before 0x%x in its function are no instructions.", address);
        }
        if (place != function.start() && function.contradictsItself()) {
            return refuse(
                    Reason.UNDECODABLE,
                    "The function around 0x%x holds data: where its instructions begin can't be told.",
                    address);
        }
        int at = function.indexOf(place);
        if (at < 0) {
            return refuse(Reason.NOT_AN_INSTRUCTION, "No instruction begins at 0x%x.", address);
        }
        if (function.instructionsTo(place).get(at).kind() == Kind.BAD) {
            return refuse(Reason.UNDECODABLE, "The bytes at 0x%x are no instruction.", address);
        }
        return Optional.empty();
    }

    private static Optional<Refusal> checkRoom(ModuleFile file, FunctionCode function) {
        return GoRuntime.hasNoRoom(file.linkNamesAt(function.start()), function.bytes())
                ? refuse(
                        Reason.UNSUPPORTED,
                        "This function of Go's runtime may run where its stack has no room left for a tracepoint.")
                : Optional.empty();
    }

    private static Optional<Refusal> checkEntry(ModuleFile file, FunctionCode function, long place, CodeIndex index) {
        if (file.go()) {
            return refuse(Reason.MOVING_STACKS, "Go programs move their stacks, so exits can't be seen there.");
        }
        if (place != function.start() || !file.isEntry(place)) {
            return refuse(Reason.NOT_AN_ENTRY, "Entry and exit can only be had at the beginning of a function.");
        }
        if (file.isOutermost(place) || ReturnHabits.unusual(file.linkNamesAt(place))) {
            return refuse(
                    Reason.UNSUPPORTED,
                    "This function depends on its return address, or returns in an unusual way: only a point can be had.");
        }
        long behindEndbr = place + (function.instructionsTo(place).get(0).kind() == Kind.ENDBR ? 4 : 0);
        if (index.isReferred(place, behindEndbr + 1, source -> isJump(function, source))) {
            return refuse(
                    Reason.BRANCH_INTO_SITE,
                    "The function jumps back to its own beginning, which would count as an entry each time.");
        }
        return Optional.empty();
    }

    private static boolean isJump(FunctionCode function, long source) {
        int at = function.holds(source) ? function.indexOf(source) : -1;
        if (at < 0) {
            return false;
        }
        Kind kind = function.instructions().get(at).kind();
        return kind.direct() && !kind.call();
    }

    private static Optional<Refusal> refuse(Reason reason, String sentence, Object... arguments) {
        return Optional.of(new Refusal(reason, String.format(sentence, arguments)));
    }

    private FileCode code(ModuleFile file) {
        synchronized (files) {
            SoftReference<FileCode> reference = files.get(file);
            FileCode code = reference == null ? null : reference.get();
            if (code == null) {
                code = new FileCode(CodeIndex.of(file, codec));
                files.put(file, new SoftReference<>(code));
            }
            return code;
        }
    }

    /**
     * {@return whether none of a file's code changes other vector registers than the lower parts of xmm0 to xmm7}
     *
     * @param file the file
     * @throws Failure when it can't be read any more
     */
    public boolean isBaseline(ModuleFile file) {
        return CodeIndex.isBaseline(file, codec);
    }

    /** {@return how many references the code of a file holds; sweeps over it the first time} */
    int references(ModuleFile file) {
        return code(file).index().size();
    }
}
