package org.dyntrace.jmc.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessMXBean;

/** What a tracepoint would be placed on, before it is. */
public final class Plan {
    /** So many places are told at the most. */
    public static final int PLACES = 200;

    private Plan() {}

    /**
     * A place.
     *
     * @param name the function's name
     * @param module the file name of its module, or the name of a Java module or class path entry
     * @param possible whether it can have the tracepoint, as far as is known before
     * @param how how it would be patched, or a sentence why not
     */
    public record Place(String name, String module, boolean possible, String how) {}

    /**
     * Asks a process.
     *
     * @param process the process; waits for its daemon
     * @param jvm whether it is a JVM, in which names without a prefix may be Java methods as well
     * @param location where, as {@link ProcessMXBean#add} takes it
     * @param entryExit whether exits are wanted as well
     * @return the first {@value #PLACES} places; none for an address and for an instruction inside of a function
     * @throws org.dyntrace.mbeans.Failure BAD_REQUEST when it is no location
     */
    public static List<Place> ask(ProcessMXBean process, boolean jvm, String location, boolean entryExit) {
        Location place = Location.parse(location);
        List<Place> places = new ArrayList<>();
        if (jvm && place.scope() != Location.Scope.NATIVE) {
            String filter = place instanceof Location.JavaMethod method
                    ? method.toString()
                    : place.asJava().map(Location.JavaMethod::toString).orElse("");
            if (!filter.isEmpty()) {
                process.listSymbols(inJava(filter), 0, PLACES)
                        .forEach(each -> places.add(new Place(each.getName(), each.getModule(), true, "bytecode")));
            }
        }
        String filter = nativeFilter(place);
        if (!filter.isEmpty() && places.isEmpty()) {
            process.plan(filter, entryExit, 0, PLACES).forEach(each -> places.add(place(each)));
        }
        return places;
    }

    private static String inJava(String filter) {
        return filter.startsWith(Location.Scope.JAVA.prefix()) ? filter : Location.Scope.JAVA.prefix() + filter;
    }

    private static Place place(PlanInfo info) {
        boolean possible = info.isPossible() || info.getState().equals(PlanInfo.IFUNC);
        String how = possible ? info.getState().toLowerCase(Locale.ROOT) : info.getReason();
        return new Place(info.getName(), info.getModule(), possible, how);
    }

    /** A filter takes a plain name for a part of names, a location for the whole: so it becomes an expression. */
    private static String nativeFilter(Location place) {
        if (place instanceof Location.Symbol symbol && symbol.scope() != Location.Scope.JAVA) {
            if (symbol.offset() != 0) {
                return "";
            }
            String name = Pattern.quote(symbol.name());
            return new Location.Regex(symbol.scope(), "^" + name + "($|@|\\()", symbol.at()).toString();
        }
        boolean pattern = place instanceof Location.Glob || place instanceof Location.Regex;
        return pattern && place.scope() != Location.Scope.JAVA ? place.toString() : "";
    }
}
