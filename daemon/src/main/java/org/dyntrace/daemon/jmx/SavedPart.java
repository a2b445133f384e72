package org.dyntrace.daemon.jmx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dyntrace.daemon.jvm.JvmTarget;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.sets.ProgramKeys;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.ProgramKey;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SavedTracepoint;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracepointSet;
import org.dyntrace.mbeans.TracerSpec;

/**
 * The tracepoints of a program's processes, to be written down.
 *
 * @param key the program
 * @param pid one of its processes
 * @param tracepoints what others can have as well
 * @param bound those that are bound to one process, in words
 */
record SavedPart(ProgramKey key, int pid, List<SavedTracepoint> tracepoints, List<String> bound) {
    /** {@return what to save of a process; nothing if it has ended} */
    static Optional<SavedPart> of(ProcessBean bean) {
        List<SavedTracepoint> saved = new ArrayList<>();
        List<String> bound = new ArrayList<>();
        try {
            ProgramKey key = ProgramKeys.of(ProcessFacts.of(bean.process()));
            for (TracepointInfo info : bean.listTracepoints()) {
                location(bean, info)
                        .ifPresentOrElse(
                                location -> saved.add(new SavedTracepoint(
                                        location,
                                        info.isEntryExit(),
                                        info.getName(),
                                        TracerSpec.parse(info.getTracer(), info.getArguments()))),
                                () -> bound.add(info.getName() + " at " + info.getLocation()));
            }
            return Optional.of(new SavedPart(key, bean.process().pid(), saved, bound));
        } catch (Failure failure) {
            if (bean.process().isAlive()) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    /** An address means something in one process only: the function that it is in is the same in all. */
    private static Optional<Location> location(ProcessBean bean, TracepointInfo info) {
        Location location = Location.parse(info.getLocation());
        if (!(location instanceof Location.Address address)) {
            return Optional.of(location);
        }
        boolean java = address.value() >>> 56 == JvmTarget.ADDRESS_TOP;
        return bean.listSites(info.getName(), false, 0, 1).stream()
                .map(site -> place(site, java))
                .filter(place -> !place.contains("0x4a") && !place.startsWith("0x"))
                .map(Location::parse)
                .findFirst();
    }

    private static String place(SiteInfo site, boolean java) {
        return java ? site.getSymbol() : site.getSymbol() + "@" + site.getModule();
    }

    boolean isEmpty() {
        return tracepoints.isEmpty();
    }

    /** {@return this and what another process of the same program has} */
    SavedPart with(SavedPart other) {
        List<SavedTracepoint> all = new ArrayList<>(tracepoints);
        for (SavedTracepoint one : other.tracepoints) {
            if (all.contains(one)) {
                continue;
            }
            if (all.stream().anyMatch(known -> known.name().equals(one.name()))) {
                throw new Failure(
                        Reason.NAME_TAKEN,
                        "Processes " + pid + " and " + other.pid + " both run " + key.name() + ", and have different"
                                + " tracepoints of the name '" + one.name() + "'.",
                        "Say which one to save: dyntrace save FILE " + pid + ".");
            }
            all.add(one);
        }
        List<String> allBound = new ArrayList<>(bound);
        allBound.addAll(other.bound);
        return new SavedPart(key, pid, all, allBound);
    }

    /** {@return the set as a text} */
    static String text(List<SavedPart> parts) {
        String set = new TracepointSet(parts.stream()
                        .map(part -> new TracepointSet.Part(part.key, part.tracepoints))
                        .toList())
                .toString();
        return set
                + parts.stream()
                        .flatMap(part -> part.bound.stream()
                                .map(one -> "# left out, since an address means another place elsewhere: " + part.pid
                                        + ":" + one + "\n"))
                        .collect(Collectors.joining());
    }
}
