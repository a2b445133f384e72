package org.dyntrace.daemon.jmx;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.dyntrace.daemon.record.Recordings;
import org.dyntrace.mbeans.RecordedJvmInfo;
import org.dyntrace.mbeans.RecordingInfo;
import org.dyntrace.mbeans.RecordingMXBean;

/** One recording. */
final class RecordingBean implements RecordingMXBean {
    private final Recordings recordings;
    private final String name;

    RecordingBean(Recordings recordings, String name) {
        this.recordings = recordings;
        this.name = name;
    }

    @Override
    public RecordingInfo getInfo() {
        return recordings.info(name);
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getDirectory() {
        return getInfo().getDirectory();
    }

    @Override
    public Date getStartDate() {
        return Date.from(Instant.ofEpochMilli(getInfo().getStarted()));
    }

    @Override
    public boolean isEnded() {
        return getInfo().isEnded();
    }

    @Override
    public List<RecordedJvmInfo> getJvms() {
        return getInfo().getJvms();
    }

    @Override
    public long getDiskUse() {
        return getInfo().getDiskUse();
    }

    @Override
    public long getLimit() {
        return getInfo().getLimit();
    }

    @Override
    public RecordingInfo stop() {
        return recordings.stop(name, "");
    }

    @Override
    public RecordingInfo stopInto(String directory) {
        return recordings.stop(name, directory);
    }

    @Override
    public RecordingInfo discard() {
        return recordings.discard(name);
    }

    @Override
    public RecordingInfo snapshot(String directory) {
        return recordings.snapshot(name, directory);
    }
}
