package org.dyntrace.daemon;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.management.JMException;
import javax.management.MBeanServer;
import org.dyntrace.daemon.access.AccessRule;
import org.dyntrace.daemon.access.Audit;
import org.dyntrace.daemon.access.AuditFile;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.access.JmxServer;
import org.dyntrace.daemon.access.OwnFile;
import org.dyntrace.daemon.access.RemoteJmx;
import org.dyntrace.daemon.access.RemoteSettings;
import org.dyntrace.daemon.access.UserName;
import org.dyntrace.daemon.code.Codec;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.inject.Injector;
import org.dyntrace.daemon.jmx.Agents;
import org.dyntrace.daemon.jmx.DaemonBean;
import org.dyntrace.daemon.jmx.Sets;
import org.dyntrace.daemon.jmx.Targets;
import org.dyntrace.daemon.jmx.TracerFiles;
import org.dyntrace.daemon.link.LinkServer;
import org.dyntrace.daemon.record.Recordings;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.RunDirectory;

/** The daemon: its parts, put together, from start to SIGTERM. */
final class Daemon {
    private static final long RECORDINGS_MILLISECONDS = 250;
    /** How often the counters are looked at; as often as the Java agent does. */
    private static final long LOOK_MILLISECONDS = 5000;

    /** How often it is looked whether clients and agents can still find the daemon. */
    private static final long PRESENCE_MILLISECONDS = 1000;

    private static final int OTHERS_WRITE = 0022;

    private static final long RESTARTS_MILLISECONDS = 500;
    private static final int CLOCKS_SECONDS = 10;
    private static final int LOG_BYTES = 10 << 20;

    /** A logger that nobody holds is collected, and its handler with it. */
    private static final Logger AUDIT = Logger.getLogger(Audit.LOGGER);

    private Daemon() {}

    /**
     * Runs until a signal ends it, or until its run directory is lost. Targets stay as they are then.
     *
     * @return whether the run directory is still this daemon's
     */
    @SuppressWarnings("try") // resources that only have to be closed
    static boolean run(RunDirectory directory, boolean user, Settings settings, Runnable ready) {
        int uid = (int) Caller.daemon().uid();
        AccessRule rule = user || uid != 0 ? AccessRule.ownerOnly() : AccessRule.members();
        prepare(directory, rule);
        try (FileChannel lockFile = lock(directory)) {
            OwnFile ownLock = OwnFile.of(directory.lock());
            logTo(directory.log());
            auditTo(settings.logs());
            if (settings.remote().isPresent()) {
                System.setProperty(
                        "java.rmi.server.hostname", reachedBy(settings.remote().get()));
            }
            Path natives = libraries();
            Codec codec = Codec.load(natives.resolve("libdyntrace-codec.so"));
            TracerFiles files = new TracerFiles(
                    natives.resolve("libdyntrace-agent.so"),
                    natives.resolve("libdyntrace-lttng.so"),
                    natives.resolve("dyntrace-agent.jar"),
                    natives,
                    directory.path());
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ModuleCache modules = new ModuleCache(codec);
            Agents agents = new Agents(modules, files);
            Targets targets = new Targets(server, modules, new SitePlanner(codec), agents, settings.limits());
            Sets sets = new Sets(
                    targets,
                    new Sets.Directories(
                            directory.path(), StateDirectory.of(directory).resolve("sets")),
                    rule);
            Recordings recordings = new Recordings(StateDirectory.of(directory).resolve("recordings"));
            DaemonBean bean = new DaemonBean(
                    targets,
                    sets,
                    recordings,
                    directory.path(),
                    DaemonCommand.VERSION,
                    settings(directory, rule, natives));
            server.registerMBean(bean.described(), ObjectNames.daemon());
            ScheduledExecutorService watch = Executors.newScheduledThreadPool(3, work -> {
                Thread thread = new Thread(work, "watch");
                thread.setDaemon(true);
                return thread;
            });
            CountDownLatch ended = new CountDownLatch(1);
            CountDownLatch stop = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stop.countDown();
                try {
                    ended.await(5, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            try (LinkServer links = new LinkServer(
                            directory.linkSocket(), uid, settings.limits(), targets::connected, targets::gone);
                    JmxServer jmx = JmxServer.start(server, directory, rule, settings.limits());
                    RemoteJmx remote = settings.remote()
                            .map(wanted -> RemoteJmx.start(server, wanted, settings.limits()))
                            .orElse(null)) {
                agents.expectThrough(links::expect);
                bean.serves(jmx::connections);
                Injector.warmUp();
                ScheduledFuture<?> ignored = watch.scheduleWithFixedDelay(
                        targets::watchRecordings,
                        RECORDINGS_MILLISECONDS,
                        RECORDINGS_MILLISECONDS,
                        TimeUnit.MILLISECONDS);
                ScheduledFuture<?> unusedLooks = watch.scheduleWithFixedDelay(
                        targets::look, LOOK_MILLISECONDS, LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
                ScheduledFuture<?> unusedRestarts = watch.scheduleWithFixedDelay(
                        sets::lookForRestarts, RESTARTS_MILLISECONDS, RESTARTS_MILLISECONDS, TimeUnit.MILLISECONDS);
                ScheduledFuture<?> unusedRecovery = watch.schedule(recordings::recover, 0, TimeUnit.SECONDS);
                ScheduledFuture<?> unusedClocks = watch.scheduleWithFixedDelay(
                        recordings::look, CLOCKS_SECONDS, CLOCKS_SECONDS, TimeUnit.SECONDS);
                ready.run();
                while (!stop.await(PRESENCE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                    if (!ownLock.isThere() || !jmx.isReachable() || !links.isReachable()) {
                        Logger.getLogger(Daemon.class.getName())
                                .severe("the run directory " + directory + " was removed, or is another daemon's");
                        return false;
                    }
                }
                return true;
            } finally {
                watch.shutdownNow();
                sets.close();
                recordings.close();
                ended.countDown();
            }
        } catch (IOException | JMException e) {
            throw new Failure(Reason.INTERNAL, "The daemon can't run: " + e.getMessage() + ".", "Please report it.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** The name that remote clients are told to connect to. */
    private static String reachedBy(RemoteSettings remote) throws IOException {
        return remote.host().isPresent()
                ? remote.host().get()
                : InetAddress.getLocalHost().getHostName();
    }

    private static Map<String, String> settings(RunDirectory directory, AccessRule rule, Path natives) {
        return Map.of(
                "serves",
                rule.group().isPresent() || rule.owner() == 0
                        ? "root and the group " + AccessRule.GROUP
                        : UserName.of(rule.owner()),
                "socket",
                directory.socket().toString(),
                "agents' socket",
                directory.linkSocket().toString(),
                "log",
                directory.log().toString(),
                "libraries",
                natives.toString(),
                "java",
                System.getProperty("java.home"));
    }

    private static void prepare(RunDirectory directory, AccessRule rule) {
        try {
            Files.createDirectories(directory.path());
            checkOwn(directory.path());
            if (Files.exists(directory.agents(), LinkOption.NOFOLLOW_LINKS)) {
                checkOwn(directory.agents());
            }
            rule.give(directory.path());
            Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-x---"));
        } catch (IOException e) {
            throw new Failure(
                    Reason.RUNDIR,
                    "The run directory " + directory + " can't be used: " + e.getMessage() + ".",
                    "Run the daemon as root, use --user, or name a directory of yours with --rundir.",
                    e);
        }
    }

    /** What somebody else has prepared may lead anywhere. */
    private static void checkOwn(Path directory) throws IOException {
        Map<String, Object> is =
                Files.readAttributes(directory, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
        int uid = (int) is.get("uid");
        boolean open = ((int) is.get("mode") & OTHERS_WRITE) != 0;
        if (!(boolean) is.get("isDirectory")
                || open
                || uid != 0 && uid != (int) Caller.daemon().uid()) {
            throw new Failure(
                    Reason.RUNDIR,
                    "The run directory " + directory
                            + " is no directory, belongs to somebody else, or others may write in it.",
                    "Remove it, or name another with --rundir.");
        }
    }

    private static FileChannel lock(RunDirectory directory) throws IOException {
        FileChannel file = FileChannel.open(
                directory.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = file.tryLock();
        if (lock == null) {
            file.close();
            throw new Failure(
                    Reason.DAEMON_RUNNING,
                    "A daemon runs in " + directory + " already.",
                    "Use that one, or give this one another directory with --rundir.");
        }
        return file;
    }

    private static void logTo(Path file) throws IOException {
        Logger root = Logger.getLogger("");
        for (java.util.logging.Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        FileHandler handler = new FileHandler(file.toString(), LOG_BYTES, 1, true);
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n");
        handler.setFormatter(new SimpleFormatter());
        root.addHandler(handler);
        if (System.getenv("JOURNAL_STREAM") != null) {
            // systemd takes what comes on stderr into its journal, with a time of its own.
            ConsoleHandler journal = new ConsoleHandler();
            journal.setFormatter(new SimpleFormatter());
            root.addHandler(journal);
        }
    }

    private static void auditTo(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
            }
            AUDIT.addHandler(new AuditFile(directory.resolve("audit.log"), LOG_BYTES));
        } catch (IOException e) {
            throw new Failure(
                    Reason.RUNDIR,
                    "The audit log in " + directory + " can't be written: " + e.getMessage() + ".",
                    "Make the directory writable for the daemon, or set log.directory in its settings.",
                    e);
        }
    }

    /** The native libraries lie beside the folder of the jars; the property is for tests. */
    private static Path libraries() {
        String chosen = System.getProperty("dyntrace.libraries");
        if (chosen != null) {
            return Path.of(chosen);
        }
        try {
            Path jar = Path.of(Daemon.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.getParent().getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
