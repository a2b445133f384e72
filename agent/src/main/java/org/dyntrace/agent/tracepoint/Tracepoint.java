package org.dyntrace.agent.tracepoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dyntrace.agent.symbols.ClassNumbers;
import org.dyntrace.agent.symbols.MethodAddress;
import org.dyntrace.agent.symbols.MethodName;
import org.dyntrace.agent.symbols.ModuleNames;
import org.dyntrace.agent.tracer.Tracer;
import org.dyntrace.agent.weave.MethodRefusal;
import org.dyntrace.agent.weave.Sites;
import org.dyntrace.wire.JvmSite;
import org.dyntrace.wire.JvmTracepoint;
import org.dyntrace.wire.Place;

/** A tracepoint and its places, which grow while classes are loaded. Any thread may add one. */
final class Tracepoint implements Sites {
    static final String PLACED = "placed";

    private final Place request;
    private final int number;
    private final Tracer tracer;
    private final long only;
    private final ClassNumbers numbers;
    private final ModuleNames modules;
    private final Map<Long, Integer> index = new HashMap<>();
    private final List<JvmSite> placed = new ArrayList<>();
    private final Map<Long, JvmSite> refused = new HashMap<>();
    private final Set<Integer> classes = new HashSet<>();

    /**
     * Without a place yet.
     *
     * @param only the one address where it may be; 0 for all that match
     * @param tracer null for count
     */
    Tracepoint(Place request, int number, Tracer tracer, long only, ClassNumbers numbers, ModuleNames modules) {
        this.request = request;
        this.number = number;
        this.tracer = tracer;
        this.only = only;
        this.numbers = numbers;
        this.modules = modules;
    }

    String name() {
        return request.getName();
    }

    int number() {
        return number;
    }

    /** {@return its tracer, or null for count} */
    Tracer tracer() {
        return tracer;
    }

    @Override
    public synchronized int place(ClassLoader loader, String dottedClass, String method, String descriptor, int rank) {
        long address = MethodAddress.of(numbers.of(loader, dottedClass), rank);
        if (only != 0 && address != only) {
            return NOT_HERE;
        }
        Integer known = index.get(address);
        if (known != null) {
            return known;
        }
        int site = placed.size();
        JvmSite place = site(loader, dottedClass, method, descriptor, address)
                .setState(PLACED)
                .build();
        if (tracer != null) {
            tracer.place(site, address, place.getSymbol(), place.getModule());
        }
        placed.add(place);
        classes.add(MethodAddress.classNumber(address));
        index.put(address, site);
        return site;
    }

    @Override
    public synchronized void refused(
            ClassLoader loader, String dottedClass, String method, String descriptor, int rank, MethodRefusal refusal) {
        long address = MethodAddress.of(numbers.of(loader, dottedClass), rank);
        if (only == 0 || address == only) {
            classes.add(MethodAddress.classNumber(address));
            refused.put(
                    address,
                    site(loader, dottedClass, method, descriptor, address)
                            .setState(refusal.reason())
                            .setReason(refusal.sentence())
                            .build());
        }
    }

    @Override
    public synchronized void rejected(ClassLoader loader, String dottedClass, MethodRefusal refusal) {
        int number = numbers.of(loader, dottedClass);
        for (JvmSite site : placed) {
            if (MethodAddress.classNumber(site.getAddress()) == number) {
                refused.put(
                        site.getAddress(),
                        site.toBuilder()
                                .setState(refusal.reason())
                                .setReason(refusal.sentence())
                                .build());
            }
        }
    }

    @Override
    public synchronized boolean knows(ClassLoader loader, String dottedClass) {
        return classes.contains(numbers.of(loader, dottedClass));
    }

    private JvmSite.Builder site(
            ClassLoader loader, String dottedClass, String method, String descriptor, long address) {
        return JvmSite.newBuilder()
                .setAddress(address)
                .setSymbol(MethodName.of(dottedClass, method, descriptor))
                .setModule(modules.of(loader, dottedClass));
    }

    /** {@return its places; one that was first placed and then refused is not placed} */
    synchronized List<JvmSite> sites() {
        List<JvmSite> all = new ArrayList<>();
        for (JvmSite site : placed) {
            if (!refused.containsKey(site.getAddress())) {
                all.add(site);
            }
        }
        all.addAll(refused.values());
        return all;
    }

    /** {@return what it is and its counts now} */
    JvmTracepoint info() {
        long[] counts = DyntraceHits.read(number);
        return JvmTracepoint.newBuilder()
                .setName(request.getName())
                .setLocation(request.getLocation())
                .setPair(request.getPair())
                .setTracer(request.getTracer().name().toLowerCase(Locale.ROOT))
                .addAllArguments(request.getArgumentsList())
                .setUid(request.getUid())
                .setHits(counts[0])
                .setExits(counts[1])
                .setLost(counts[2])
                .build();
    }
}
