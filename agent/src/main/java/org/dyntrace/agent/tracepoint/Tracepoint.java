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
import org.dyntrace.agent.symbols.MethodMatcher;
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
    private static final String DISABLED = "disabled";

    private final Place request;
    private final MethodMatcher matcher;
    private final int number;
    private final Tracer tracer;
    private final long only;
    private final ClassNumbers numbers;
    private final ModuleNames modules;
    private final Map<Long, Integer> index = new HashMap<>();
    private final List<JvmSite> placed = new ArrayList<>();
    private final Map<Long, JvmSite> refused = new HashMap<>();
    private final Set<Integer> classes = new HashSet<>();
    /** Addresses of the places that it has had since it was last enabled. */
    private final Set<Long> present = new HashSet<>();

    private boolean enabled = true;
    private long seen;
    private long looked = System.nanoTime();
    private long lastHit;
    private long lastHitPrecision;

    /**
     * Without a place yet.
     *
     * @param matcher which methods
     * @param only the one address where it may be; 0 for all that match
     * @param tracer null for count
     */
    Tracepoint(
            Place request,
            MethodMatcher matcher,
            int number,
            Tracer tracer,
            long only,
            ClassNumbers numbers,
            ModuleNames modules) {
        this.request = request;
        this.matcher = matcher;
        this.number = number;
        this.tracer = tracer;
        this.only = only;
        this.numbers = numbers;
        this.modules = modules;
    }

    String name() {
        return request.getName();
    }

    Place request() {
        return request;
    }

    MethodMatcher matcher() {
        return matcher;
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
        present.add(address);
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
                all.add(asNow(site));
            }
        }
        all.addAll(refused.values());
        return all;
    }

    private JvmSite asNow(JvmSite site) {
        if (!enabled) {
            return site.toBuilder().setState(DISABLED).build();
        }
        return present.contains(site.getAddress())
                ? site
                : site.toBuilder()
                        .setState("MODULE_GONE")
                        .setReason("Its class has been unloaded.")
                        .build();
    }

    synchronized boolean isEnabled() {
        return enabled;
    }

    /** It is about to be woven again: what could not be had before is tried anew. */
    synchronized void enable() {
        enabled = true;
        present.clear();
        refused.clear();
    }

    /** No class has it any more. */
    synchronized void disable() {
        enabled = false;
    }

    /** Looks at the count, so that it can be told when it grew: to time each hit would cost too much. {@return the counts} */
    long[] look() {
        long[] counts = DyntraceHits.read(number);
        long now = System.nanoTime();
        if (counts[0] != seen) {
            seen = counts[0];
            lastHit = System.currentTimeMillis();
            lastHitPrecision = (now - looked + 999_999) / 1_000_000;
        }
        looked = now;
        return counts;
    }

    /** {@return what it is and its counts now} */
    JvmTracepoint info() {
        long[] counts = look();
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
                .setDisabled(!isEnabled())
                .setLastHit(lastHit)
                .setLastHitPrecision(lastHitPrecision)
                .build();
    }
}
