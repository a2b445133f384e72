package org.dyntrace.daemon.jmx;

import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracepointMXBean;

/** One tracepoint. */
final class TracepointBean implements TracepointMXBean {
    private final ProcessBean process;
    private final String name;

    TracepointBean(ProcessBean process, String name) {
        this.process = process;
        this.name = name;
    }

    @Override
    public TracepointInfo getInfo() {
        return process.info(name);
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
    public void remove() {
        process.remove(name);
    }
}
