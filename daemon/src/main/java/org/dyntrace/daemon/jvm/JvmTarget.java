package org.dyntrace.daemon.jvm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dyntrace.daemon.link.JvmLink;
import org.dyntrace.daemon.target.Placement;
import org.dyntrace.daemon.target.Progress;
import org.dyntrace.daemon.target.TracedCode;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.mbeans.SymbolInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.wire.JvmMethod;
import org.dyntrace.wire.JvmReply;
import org.dyntrace.wire.JvmTracepoint;
import org.dyntrace.wire.ListMethods;
import org.dyntrace.wire.Place;

/** The Java methods of one JVM. What is placed is known to its agent alone, so that it outlives this daemon. */
public final class JvmTarget implements TracedCode {
    /** The top byte of a method's address; no address of user space has it. */
    public static final long ADDRESS_TOP = 0x4A;

    private final JvmLink link;
    /** Where the next page of a listing begins, so that the agent need not count methods from the first one on. */
    private final Map<PageStart, Long> pages = new HashMap<>();

    private record PageStart(SymbolFilter filter, int offset) {}

    /**
     * The JVM at the other end of a link.
     *
     * @param link to its agent
     */
    public JvmTarget(JvmLink link) {
        this.link = link;
    }

    /** {@return feature release of the JVM: 17, 25} */
    public int feature() {
        return link.feature();
    }

    /**
     * Lists methods of loaded classes, by address.
     *
     * @param filter which
     * @param offset how many to skip
     * @param limit how many at the most
     * @return that page, shorter than the limit at the end
     */
    public synchronized List<SymbolInfo> listSymbols(SymbolFilter filter, int offset, int limit) {
        List<SymbolInfo> page = new ArrayList<>();
        int at = offset;
        Long above = pages.remove(new PageStart(filter, offset));
        if (above == null) {
            above = 0L;
            at = 0;
        }
        boolean more = true;
        while (more && page.size() < limit) {
            JvmReply some = link.methods(ListMethods.newBuilder()
                    .setMethods(Wanted.methods(filter))
                    .setAbove(above)
                    .setLimit(at < offset ? offset - at : limit - page.size())
                    .build());
            for (JvmMethod method : some.getMethodsList()) {
                if (at >= offset) {
                    page.add(new SymbolInfo(
                            method.getName(), method.getName(), method.getModule(), method.getAddress(), 0));
                }
                at++;
                above = method.getAddress();
            }
            more = some.getMore();
        }
        if (more) {
            pages.clear();
            pages.put(new PageStart(filter, offset + page.size()), above);
        }
        return page;
    }

    /**
     * Counts the methods that a listing would show.
     *
     * @param filter which
     * @return how many
     */
    public int count(SymbolFilter filter) {
        int count = 0;
        long above = 0;
        JvmReply some;
        do {
            some = link.methods(ListMethods.newBuilder()
                    .setMethods(Wanted.methods(filter))
                    .setAbove(above)
                    .setLimit(Integer.MAX_VALUE)
                    .build());
            count += some.getMethodsCount();
            above = some.getMethodsCount() == 0
                    ? above
                    : some.getMethods(some.getMethodsCount() - 1).getAddress();
        } while (some.getMore());
        return count;
    }

    @Override
    public TracepointInfo add(Placement wanted, Progress progress) {
        Place place = Place.newBuilder()
                .setName(wanted.name())
                .setLocation(wanted.location().toString())
                .setMethods(Wanted.methods(wanted.location()))
                .setPair(wanted.entryExit())
                .setTracer(
                        switch (wanted.tracer().tracer()) {
                            case COUNT -> Place.Tracer.COUNT;
                            case LOG -> Place.Tracer.LOG;
                            case LTTNG -> Place.Tracer.LTTNG;
                            case JFR -> Place.Tracer.JFR;
                        })
                .setJfr(wanted.tracer().jfr())
                .addAllArguments(wanted.tracer().words())
                .setUid((int) wanted.uid())
                .setWaits(Wanted.mayComeLater(wanted.location()))
                .build();
        link.place(place, wanted.logDescriptor(), progress);
        return info(wanted.name());
    }

    @Override
    public void remove(String name, Progress progress) {
        link.remove(name, progress);
    }

    @Override
    public TracepointInfo disable(String name, Progress progress) {
        link.enable(name, false, progress);
        return info(name);
    }

    @Override
    public TracepointInfo enable(String name, Progress progress) {
        link.enable(name, true, progress);
        return info(name);
    }

    /**
     * Takes all tracepoints and then the agent itself out of the JVM; the agent ends its link.
     *
     * @param progress is told how far it is
     */
    public void detach(Progress progress) {
        link.detach(progress);
    }

    @Override
    public List<String> names() {
        return link.tracepoints("").stream().map(JvmTracepoint::getName).toList();
    }

    @Override
    public TracepointInfo info(String name) {
        JvmTracepoint found = link.tracepoints(name).stream()
                .findFirst()
                .orElseThrow(() -> new Failure(
                        Reason.NO_SUCH_TRACEPOINT,
                        "Process " + link.process().pid() + " has no tracepoint '" + name + "'.",
                        "See 'dyntrace list-tracepoints " + link.process().pid() + "'."));
        Map<String, Integer> states = new HashMap<>();
        link.sites(name, site -> states.merge(site.getState(), 1, Integer::sum));
        int placed = Optional.ofNullable(states.remove(SiteInfo.PLACED)).orElse(0);
        states.remove(SiteInfo.DISABLED);
        return new TracepointInfo(
                found.getName(),
                found.getLocation(),
                found.getPair(),
                found.getTracer(),
                found.getArgumentsList(),
                Integer.toUnsignedLong(found.getUid()),
                found.getHits(),
                found.getExits(),
                found.getLost(),
                placed,
                states.values().stream().mapToInt(Integer::intValue).sum(),
                false,
                !found.getDisabled(),
                found.getLastHit(),
                found.getLastHitPrecision());
    }

    @Override
    public List<SiteInfo> sites(String name) {
        List<SiteInfo> sites = new ArrayList<>();
        link.sites(
                name,
                site -> sites.add(new SiteInfo(
                        site.getAddress(), site.getSymbol(), site.getModule(), site.getState(), site.getReason())));
        return sites;
    }

    /** The agent looks by itself. */
    @Override
    public void look() {}

    /** The agent sees by itself when a recording starts. */
    @Override
    public void watchRecordings() {}

    @Override
    public void close() {}
}
