package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.inject.InjectionResult;
import org.dyntrace.daemon.inject.Injector;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.Reason;

/** The daemon itself. */
public final class DaemonBean implements DaemonMXBean {
    private static final Logger LOG = System.getLogger(DaemonBean.class.getName());

    private static final long LINK_MILLISECONDS = 5000;

    private final Targets targets;
    private final TracerFiles files;
    private final String version;

    /**
     * The daemon.
     *
     * @param targets its processes
     * @param files what it brings into them
     * @param version its version
     */
    public DaemonBean(Targets targets, TracerFiles files, String version) {
        this.targets = targets;
        this.files = files;
        this.version = version;
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
        return files.rundir().toString();
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
        if (!targets.holds(process.pid())) {
            InjectionResult result =
                    Injector.inject(process, files.agent(), files.rundir().toString());
            LOG.log(
                    Level.INFO,
                    "attached to {0} in {1} us, a thread held for {2} us",
                    process.pid(),
                    result.totalNanos() / 1000,
                    result.stoppedNanos() / 1000);
            if (!targets.await(process.pid(), LINK_MILLISECONDS)) {
                throw new Failure(
                        Reason.AGENT_LOST,
                        "The agent is in process " + process.pid() + ", but it does not reach this daemon.",
                        "Look whether the process may open sockets, and sees " + files.rundir() + ".agents.");
            }
        }
        return targets.find(Integer.toString(process.pid())).getInfo();
    }

    @Override
    public ProcessInfo find(String target) {
        return targets.find(target).getInfo();
    }
}
