package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.Events;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointMXBean;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the MBeans tell of the daemon, of processes and of tracepoints. */
class ManagementTest {
    private Installation dyntrace;
    private DaemonConnection connection;
    private Program program;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
        connection = DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
        program = Program.ours("e2e_story");
    }

    @AfterEach
    void end() {
        program.close();
        connection.close();
        dyntrace.close();
    }

    private TracepointMXBean tracepoint(String name) {
        return JMX.newMXBeanProxy(
                connection.server(), ObjectNames.tracepoint(program.pid(), name), TracepointMXBean.class);
    }

    @Test
    void theDaemon() {
        DaemonMXBean daemon = connection.daemon();
        assertTrue(daemon.listAttachable().stream()
                .anyMatch(process -> process.getPid() == program.pid()
                        && process.getKind().equals("native")
                        && process.getOwner().equals(System.getProperty("user.name"))));
        assertTrue(dyntrace.ok("list-processes", "--attachable").contains(program.pid() + "  e2e_story"));
        assertEquals(0, daemon.getAgents());
        dyntrace.attach(program);
        assertEquals(
                List.of(),
                daemon.listAttachable().stream()
                        .map(ProcessInfo::getPid)
                        .filter(pid -> pid == program.pid() || pid == daemon.getPid())
                        .toList());
        dyntrace.ok("add", program.pid() + ":callee", "count");
        assertEquals(1, daemon.getAgents());
        assertEquals(1, daemon.getTracepoints());
        assertTrue(daemon.getConnections() >= 1);
        long failures = daemon.getFailures();
        long requests = daemon.getRequests();
        assertEquals(1, dyntrace.run("rm", program.pid() + ":none").exitCode());
        assertEquals(failures + 1, daemon.getFailures());
        assertTrue(daemon.getRequests() > requests);
        assertEquals(dyntrace.daemonPid(), daemon.getPid());
        assertTrue(daemon.getUptime() > 0 && daemon.getStartDate().before(new Date()));
        assertTrue(daemon.getHeapUsed() > 1 << 20 && daemon.getThreads() > 3);
        assertEquals(
                dyntrace.rundir().resolve("jmx.sock").toString(),
                daemon.getSettings().get("socket"));
    }

    @Test
    void aProcess() {
        dyntrace.attach(program);
        ProcessMXBean process = connection.process(program.pid());
        assertEquals(program.pid(), process.getPid());
        assertEquals("e2e_story", process.getName());
        assertEquals("native", process.getKind());
        assertEquals(List.of(Program.compile("e2e_story").toString()), process.getCommandLine());
        assertEquals(System.getProperty("user.name"), process.getOwner());
        assertEquals(List.of("native"), process.getAgents());
        long started = process.getStartDate().getTime();
        long known = ProcessHandle.of(program.pid())
                .orElseThrow()
                .info()
                .startInstant()
                .orElseThrow()
                .toEpochMilli();
        assertTrue(Math.abs(started - known) <= 2000, started + " is not " + known);
        process.add("callee", false, "mine", "count", List.of());
        assertEquals(List.of("mine"), process.getTracepoints());
        assertEquals(1, process.verify().getDyntraceCount());
    }

    @Test
    void aTracepoint() {
        dyntrace.attach(program);
        ProcessMXBean process = connection.process(program.pid());
        process.add("callee", true, "mine", "log", List.of(dyntrace.file("log").toString()));
        TracepointMXBean mine = tracepoint("mine");
        assertEquals("mine", mine.getName());
        assertEquals("callee", mine.getLocation());
        assertEquals("log " + dyntrace.file("log"), mine.getTracer());
        assertTrue(mine.isEntryExit() && mine.isEnabled());
        assertEquals(List.of(SiteInfo.PLACED), states(mine));
        assertNull(mine.getLastHit());
        assertEquals(0, mine.getHits());

        long before = System.currentTimeMillis();
        program.ask("calls 100", "done");
        Date last = mine.getLastHit();
        long now = System.currentTimeMillis();
        assertNotNull(last);
        assertTrue(last.getTime() >= before && last.getTime() <= now, last + " at " + now);
        assertTrue(last.getTime() - mine.getLastHitPrecision() <= now);
        assertEquals(last, mine.getLastHit());
        String all = dyntrace.ok("list-tracepoints", program.pid(), "-a");
        assertTrue(all.contains("last hit  ") && all.contains(" ms before"), all);

        mine.disable();
        assertEquals(List.of(SiteInfo.DISABLED), states(mine));
        assertEquals(0, mine.getPlaced());
        assertEquals(0, mine.getMissing());
        program.ask("calls 100", "done");
        assertEquals(100, mine.getHits());
        assertEquals(last, mine.getLastHit());
        mine.enable();
        program.ask("calls 100", "done");
        assertEquals(200, mine.getHits());
        assertTrue(mine.getLastHit().after(last));
    }

    private static List<String> states(TracepointMXBean tracepoint) {
        return tracepoint.getSites().stream().map(SiteInfo::getState).toList();
    }

    /** Nobody asks: the daemon looks by itself. */
    @Test
    void theLastHitIsKnownToSomeSeconds() {
        dyntrace.attach(program);
        connection.process(program.pid()).add("callee", false, "mine", "count", List.of());
        program.ask("calls 1", "done");
        long hit = System.currentTimeMillis();
        Waiting.pause(6000);
        Date last = tracepoint("mine").getLastHit();
        assertTrue(last.getTime() < hit + 5500, last.getTime() + " for a hit at " + hit);
        assertTrue(last.getTime() - tracepoint("mine").getLastHitPrecision() <= hit);
    }

    @Test
    void theRateIsThatOfTheProgram() {
        dyntrace.attach(program);
        connection.process(program.pid()).add("callee", false, "mine", "count", List.of());
        TracepointMXBean mine = tracepoint("mine");
        program.ask("spin 1", "done");
        mine.getRate();
        long hits = mine.getHits();
        long from = System.nanoTime();
        Waiting.pause(1500);
        double rate = mine.getRate();
        double known = (mine.getHits() - hits) * 1e9 / (System.nanoTime() - from);
        assertTrue(rate > known / 2 && rate < known * 2, rate + " is not " + known);
        program.ask("stop", "done");
        Waiting.pause(1100);
        mine.getRate();
        Waiting.pause(1100);
        assertEquals(0, mine.getRate());
    }

    @Test
    void notificationsAreNumbered() throws Exception {
        dyntrace.attach(program);
        BlockingQueue<Notification> told = new LinkedBlockingQueue<>();
        connection
                .server()
                .addNotificationListener(
                        ObjectNames.process(program.pid()), (note, nothing) -> told.add(note), null, null);
        ProcessMXBean process = connection.process(program.pid());
        process.add("callee", false, "mine", "count", List.of());
        process.disable("mine");
        process.enable("mine");
        process.remove("mine");
        long number = 1;
        for (String type : List.of(
                Events.TRACEPOINT_ADDED,
                Events.TRACEPOINT_DISABLED,
                Events.TRACEPOINT_ENABLED,
                Events.TRACEPOINT_REMOVED)) {
            Notification note = told.poll(20, TimeUnit.SECONDS);
            assertEquals(type, note.getType());
            assertEquals(number++, note.getSequenceNumber());
            assertEquals(Map.of("pid", "" + program.pid(), "name", "mine"), note.getUserData());
        }
    }

    /** For JConsole: sentences, units, and what an operation does. */
    @Test
    void everythingIsDescribed() throws JMException, java.io.IOException {
        dyntrace.attach(program);
        connection.process(program.pid()).add("callee", false, "mine", "count", List.of());
        MBeanServerConnection server = connection.server();
        List<String> bare = new ArrayList<>();
        for (ObjectName name : server.queryNames(new ObjectName("dyntrace:*"), null)) {
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                boolean number = !attribute.getType().endsWith("Boolean")
                        && Arrays.asList("int", "long", "double").contains(attribute.getType());
                boolean identity =
                        attribute.getName().equals("Pid") || attribute.getName().equals("Uid");
                if (!attribute.getDescription().endsWith(".")
                        || number && !identity && attribute.getDescriptor().getFieldValue("units") == null) {
                    bare.add(name + " " + attribute);
                }
            }
            for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                if (!operation.getDescription().endsWith(".") || operation.getImpact() == MBeanOperationInfo.UNKNOWN) {
                    bare.add(name + " " + operation);
                }
            }
        }
        assertEquals(List.of(), bare);
        // Values of the JDK only.
        assertTrue(
                server.getAttribute(ObjectNames.tracepoint(program.pid(), "mine"), "Sites") instanceof CompositeData[]);
    }
}
