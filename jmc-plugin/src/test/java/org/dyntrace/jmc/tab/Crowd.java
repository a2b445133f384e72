package org.dyntrace.jmc.tab;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.IntStream;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.NotificationBroadcasterSupport;
import javax.management.StandardEmitterMBean;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SymbolInfo;

/** The MBeans of a machine with more processes and functions than a test can start. */
final class Crowd {
    static final int PROCESSES = 500;
    static final int FUNCTIONS = 100_000;
    static final int FIRST_PID = 10_000;

    private Crowd() {}

    static MBeanServer server() throws Exception {
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        DaemonMXBean daemon = (DaemonMXBean) Proxy.newProxyInstance(
                Crowd.class.getClassLoader(),
                new Class<?>[] {DaemonMXBean.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "listProcesses" -> processes(0, 1);
                    case "listAttachable" -> processes(1, PROCESSES);
                    case "listRecordings" -> List.of();
                    case "getVersion" -> "0";
                    case "getPid" -> 1L;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        server.registerMBean(
                new StandardEmitterMBean(daemon, DaemonMXBean.class, true, new NotificationBroadcasterSupport()),
                ObjectNames.daemon());
        ProcessMXBean process = (ProcessMXBean) Proxy.newProxyInstance(
                Crowd.class.getClassLoader(),
                new Class<?>[] {ProcessMXBean.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "listSymbols" -> symbols((int) arguments[1], (int) arguments[2]);
                    case "listTracepoints" -> List.of();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        server.registerMBean(
                new StandardEmitterMBean(process, ProcessMXBean.class, true, new NotificationBroadcasterSupport()),
                ObjectNames.process(FIRST_PID));
        return server;
    }

    private static List<ProcessInfo> processes(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new ProcessInfo(
                        FIRST_PID + i,
                        "program" + i,
                        "native",
                        0,
                        "root",
                        "/usr/bin/program" + i + " --serve",
                        i,
                        0,
                        ""))
                .toList();
    }

    private static List<SymbolInfo> symbols(int offset, int limit) {
        return IntStream.range(offset, Math.min(offset + limit, FUNCTIONS))
                .mapToObj(i -> new SymbolInfo("function_" + i, "function_" + i, "program", 0x1000 + 64L * i, 64))
                .toList();
    }
}
