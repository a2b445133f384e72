package org.dyntrace.daemon.jmx;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracepointMXBean;

/** One tracepoint. */
final class TracepointBean implements TracepointMXBean {
    private final ProcessBean process;
    private final String name;
    private final Rate rate;

    /**
     * A tracepoint.
     *
     * @param hits that it has now
     */
    TracepointBean(ProcessBean process, String name, long hits) {
        this.process = process;
        this.name = name;
        this.rate = new Rate(hits);
    }

    @Override
    public TracepointInfo getInfo() {
        return process.info(name);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getLocation() {
        return getInfo().getLocation();
    }

    @Override
    public boolean isEntryExit() {
        return getInfo().isEntryExit();
    }

    @Override
    public String getTracer() {
        TracepointInfo info = getInfo();
        return (info.getTracer() + " " + String.join(" ", info.getArguments())).strip();
    }

    @Override
    public long getUid() {
        return getInfo().getUid();
    }

    @Override
    public List<SiteInfo> getSites() {
        return process.firstSites(name, SITES);
    }

    @Override
    public int getPlaced() {
        return getInfo().getPlaced();
    }

    @Override
    public int getMissing() {
        return getInfo().getMissing();
    }

    @Override
    public double getRate() {
        return rate.now(getHits());
    }

    @Override
    public Date getLastHit() {
        long last = getInfo().getLastHit();
        return last == 0 ? null : Date.from(Instant.ofEpochMilli(last));
    }

    @Override
    public long getLastHitPrecision() {
        return getInfo().getLastHitPrecision();
    }

    @Override
    public long getHits() {
        return getInfo().getHits();
    }

    @Override
    public long getExits() {
        return getInfo().getExits();
    }

    @Override
    public long getLost() {
        return getInfo().getLost();
    }

    @Override
    public boolean isEnabled() {
        return getInfo().isEnabled();
    }

    @Override
    public void disable() {
        process.disable(name);
    }

    @Override
    public void enable() {
        process.enable(name);
    }

    @Override
    public void remove() {
        process.remove(name);
    }
}
