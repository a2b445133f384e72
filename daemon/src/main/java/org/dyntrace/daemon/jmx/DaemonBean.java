package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import javax.management.DynamicMBean;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.daemon.record.Recordings;
import org.dyntrace.mbeans.AppliedInfo;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.KeptSetInfo;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.RecordingInfo;
import org.dyntrace.mbeans.VerifyInfo;

/** The daemon itself. */
public final class DaemonBean implements DaemonMXBean {
    private static final Logger LOG = System.getLogger(DaemonBean.class.getName());

    private final Targets targets;
    private final Sets sets;
    private final Recordings recordings;
    private final Path rundir;
    private final String version;
    private final Map<String, String> settings;
    private volatile IntSupplier connections = () -> 0;

    /**
     * The daemon.
     *
     * @param targets its processes
     * @param sets its sets of tracepoints
     * @param recordings its recordings
     * @param rundir its run directory
     * @param version its version
     * @param settings how it is set up, for people
     */
    public DaemonBean(
            Targets targets,
            Sets sets,
            Recordings recordings,
            Path rundir,
            String version,
            Map<String, String> settings) {
        this.targets = targets;
        this.sets = sets;
        this.recordings = recordings;
        recordings.tell(targets.showing(recordings));
        this.rundir = rundir;
        this.version = version;
        this.settings = new TreeMap<>(settings);
    }

    /** {@return this as an MBean with descriptions and notifications} */
    public DynamicMBean described() {
        return DescribedBean.of(this, DaemonMXBean.class, targets.announcements());
    }

    @Override
    public String getVersion() {
        return version;
    }

    @Override
    public long getPid() {
        return ProcessHandle.current().pid();
    }

    @Override
    public String getRunDirectory() {
        return rundir.toString();
    }

    /**
     * The daemon serves now.
     *
     * @param open tells how many connections there are
     */
    public void serves(IntSupplier open) {
        connections = open;
    }

    @Override
    public Map<String, String> getSettings() {
        return settings;
    }

    @Override
    public Date getStartDate() {
        return Date.from(
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()));
    }

    @Override
    public long getUptime() {
        return ManagementFactory.getRuntimeMXBean().getUptime();
    }

    @Override
    public int getConnections() {
        return connections.getAsInt();
    }

    @Override
    public int getAgents() {
        return targets.agents();
    }

    @Override
    public int getTracepoints() {
        return targets.tracepoints();
    }

    @Override
    public long getRequests() {
        return DescribedBean.requests();
    }

    @Override
    public long getFailures() {
        return DescribedBean.failures();
    }

    @Override
    public long getHeapUsed() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public int getThreads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    @Override
    public List<ProcessInfo> listAttachable() {
        return targets.attachable();
    }

    @Override
    public List<ProcessInfo> listProcesses() {
        List<ProcessInfo> infos = new ArrayList<>();
        for (ProcessBean bean : targets.all()) {
            try {
                infos.add(bean.getInfo());
            } catch (Failure endedMeanwhile) {
                LOG.log(Level.DEBUG, "process " + bean.process().pid(), endedMeanwhile);
            }
        }
        return infos;
    }

    @Override
    public ProcessInfo attach(String target) {
        LOG.log(Level.INFO, "{0}: attach {1}", Caller.current(), target);
        ProcessId process = ProcessTable.find(target);
        String note = targets.attach(process);
        return targets.find(Integer.toString(process.pid())).described(note);
    }

    @Override
    public ProcessInfo find(String target) {
        return targets.find(target).getInfo();
    }

    @Override
    public VerifyInfo verify(String target) {
        return targets.verify(target);
    }

    @Override
    public String save(List<String> wanted) {
        return sets.save(wanted);
    }

    @Override
    public List<AppliedInfo> apply(String set, List<String> wanted, String keepAs) {
        return sets.apply(set, wanted, keepAs);
    }

    @Override
    public List<KeptSetInfo> listSets() {
        return sets.list();
    }

    @Override
    public void forget(String name) {
        sets.forget(name);
    }

    @Override
    public String freeRecordingName() {
        return recordings.freeName();
    }

    @Override
    public RecordingInfo startRecording(
            String name, String directory, List<String> wanted, String profile, long limit) {
        return recordings.start(name, directory, wanted, profile, limit);
    }

    @Override
    public List<RecordingInfo> listRecordings() {
        return recordings.list();
    }

    @Override
    public RecordingInfo stopRecording(String name) {
        return recordings.stop(name, "");
    }

    @Override
    public RecordingInfo stopRecordingInto(String name, String directory) {
        return recordings.stop(name, directory);
    }

    @Override
    public RecordingInfo discardRecording(String name) {
        return recordings.discard(name);
    }

    @Override
    public RecordingInfo snapshotRecording(String name, String directory) {
        return recordings.snapshot(name, directory);
    }
}
