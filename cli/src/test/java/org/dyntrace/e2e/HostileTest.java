package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients and agents that mean harm. Meanwhile somebody else is served, and afterwards nothing of them is left. */
class HostileTest {
    private static final long FRAMES = Long.getLong("dyntrace.frames", 20_000);
    private static final long STREAMS = Long.getLong("dyntrace.streams", 1500);
    private static final int ATTACKERS = 3;
    private static final int REQUEST_BYTES = 1 << 20;
    /** What the daemon may hold more than before, after a collection: caches, compiled code's data. */
    private static final long HEAP_SLACK = 16 << 20;

    private static final long RSS_KIB_MAX = 1_600_000;

    private Installation dyntrace;
    private Program program;
    private DaemonConnection connection;
    private byte[] server;

    @BeforeEach
    void start() throws Exception {
        dyntrace = Installation.prepare();
        Path settings = Files.writeString(
                dyntrace.file("settings"), "request.seconds = 2\nanswer.seconds = 2\nidle.seconds = 10\n");
        dyntrace.startDaemon("--config", settings.toString());
        program = Program.ours("e2e_story");
        dyntrace.attach(program);
        dyntrace.ok("add", program.pid() + ":callee", "-n", "mine", "count");
        connection = DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
        server = Jrmp.server(dyntrace.rundir().resolve("jmx.stub"));
    }

    @AfterEach
    void end() {
        connection.close();
        program.close();
        dyntrace.close();
    }

    private SocketChannel client() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(dyntrace.rundir().resolve("jmx.sock")));
    }

    private SocketChannel agent() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(dyntrace.rundir() + ".agents/link.sock"));
    }

    private static boolean send(SocketChannel channel, byte[] bytes) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            return true;
        } catch (IOException sentAway) {
            return false;
        }
    }

    /** {@return all that comes until the daemon hangs up} */
    private static String rest(SocketChannel channel) {
        StringBuilder said = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                said.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1));
            }
        } catch (IOException reset) {
            said.append(reset.getMessage());
        }
        return said.toString();
    }

    /** Asks the daemon as others do, all the time; {@return the longest answer in milliseconds, when it is told to end} */
    private CompletableFuture<Long> serve(AtomicBoolean done) {
        return CompletableFuture.supplyAsync(() -> {
            long longest = 0;
            long asked = 0;
            while (!done.get()) {
                long begin = System.nanoTime();
                try {
                    if (++asked % 100 == 0) {
                        connection.close();
                        connection =
                                DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
                    }
                    Object hits =
                            connection.server().getAttribute(ObjectNames.tracepoint(program.pid(), "mine"), "Hits");
                    assertTrue((Long) hits >= 0);
                } catch (Exception e) {
                    throw new IllegalStateException("not served after " + asked, e);
                }
                longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
                Waiting.pause(2);
            }
            return longest;
        });
    }

    /**
     * What the daemon holds.
     *
     * @param heap bytes after a collection
     * @param threads of it
     * @param descriptors that are open
     * @param rss KiB of memory
     */
    private record Held(long heap, int threads, long descriptors, long rss) {}

    private Held held() {
        String jcmd = Jvm.own("jcmd").toString();
        for (int i = 0; i < 2; i++) {
            Shell.run(jcmd, "" + dyntrace.daemonPid(), "GC.run").ok();
        }
        Path process = Path.of("/proc/" + dyntrace.daemonPid());
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return new Held(
                    connection.daemon().getHeapUsed(),
                    connection.daemon().getThreads(),
                    descriptors.count(),
                    Waiting.text(process.resolve("status"))
                            .lines()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RMI keeps a thread for another minute, and a client's own connection for a quarter of one. */
    private void assertNothingLeft(String what, Held before, long longest, AtomicLong sent) {
        Waiting.until(
                30,
                () -> "connections end: " + held(),
                () -> connection.daemon().getConnections() <= 3);
        Waiting.until(
                30,
                () -> "descriptors are closed: " + before + " " + held(),
                () -> held().descriptors() <= before.descriptors() + 4);
        Held after = held();
        System.out.println(what + ": " + sent + " sent, the longest answer to others " + longest + " ms; before "
                + before + ", after " + after);
        assertTrue(after.heap() <= before.heap() + HEAP_SLACK, before + " " + after);
        assertTrue(after.rss() < RSS_KIB_MAX, after::toString);
        program.ask("calls 5", "done");
        assertTrue(dyntrace.counts(program, "mine").hits() >= 5);
        assertEquals(
                List.of(program.pid()),
                connection.daemon().listProcesses().stream()
                        .map(each -> each.getPid())
                        .toList());
        String log = Waiting.text(dyntrace.rundir().resolve("log"));
        assertTrue(!log.contains("OutOfMemory") && !log.contains("StackOverflow"), log);
    }

    private interface Attack {
        /** Does some; returns how many. */
        long some(Random random) throws Exception;
    }

    private void attack(String what, long all, Attack attack) throws Exception {
        long seed = Long.getLong("dyntrace.seed", System.nanoTime());
        Held before = held();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Long> other = serve(done);
        List<CompletableFuture<Void>> attackers = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            Random random = new Random(seed + i);
            attackers.add(CompletableFuture.runAsync(() -> {
                while (sent.get() < all && !other.isDone()) {
                    try {
                        sent.addAndGet(attack.some(random));
                    } catch (Exception e) {
                        throw new IllegalStateException("seed " + seed, e);
                    }
                }
            }));
        }
        CompletableFuture.allOf(attackers.toArray(CompletableFuture[]::new)).join();
        done.set(true);
        assertNothingLeft(what + ", seed " + seed, before, other.join(), sent);
    }

    private static byte[] random(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Changes some bytes, cuts the end off, or both, or neither. */
    private static byte[] damaged(Random random, byte[] bytes) {
        byte[] copy = bytes.clone();
        for (int i = random.nextInt(6); i > 0 && copy.length > 0; i--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt();
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(copy, random.nextInt(copy.length + 1)) : copy;
    }

    private static byte[] frame(byte[] message) {
        return ByteBuffer.allocate(4 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
    }

    // FromAgent { hello { protocol: 1, jvm { release: 17 } } }
    private static final byte[] JVM = frame(new byte[] {10, 6, 8, 1, 34, 2, 8, 17});

    private static byte[] nativeAgent(long anchor) {
        return frame(ByteBuffer.allocate(15)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {10, 13, 8, 1, 26, 9, 9})
                .putLong(anchor)
                .array());
    }

    /** A reply, its id and much that means nothing. */
    private static byte[] reply(Random random) {
        byte[] junk = random(random, 200);
        return Jrmp.joined(
                new byte[] {18, (byte) (junk.length + 2 & 127 | 128), (byte) (junk.length + 2 >> 7), 8, 1}, junk);
    }

    @Test
    void framesOfAgents() throws Exception {
        attack("frames", FRAMES, random -> {
            long frames = 0;
            try (SocketChannel channel = agent()) {
                switch (random.nextInt(4)) {
                    case 0 -> frames += send(channel, JVM) ? 1 : 0;
                    case 1 -> frames += send(channel, nativeAgent(random.nextLong())) ? 1 : 0;
                    default -> {
                        // No hello.
                    }
                }
                for (int i = random.nextInt(20); i >= 0; i--) {
                    byte[] next = switch (random.nextInt(6)) {
                        case 0 -> random(random, 100);
                        case 1 -> frame(random(random, 1000));
                        case 2 -> frame(reply(random));
                        case 3 -> frame(damaged(random, reply(random)));
                        case 4 -> frame(new byte[random.nextInt(1 << 17)]);
                        default -> damaged(random, JVM);
                    };
                    frames++;
                    if (!send(channel, next)) {
                        break;
                    }
                }
            }
            return frames;
        });
    }

    private static Object nest() {
        Set<Object> outermost = new HashSet<>();
        Set<Object> level = outermost;
        for (int i = 0; i < 40; i++) {
            Set<Object> one = new HashSet<>(Set.of(i));
            level.add(one);
            level.add(Map.of("a", one));
            level = one;
        }
        return outermost;
    }

    @Test
    void streamsOfClients() throws Exception {
        Object nest = nest();
        Map<String, Object> map = new HashMap<>(Map.of("a", nest));
        List<byte[]> calls = List.of(
                Jrmp.newSession(server, out -> out.writeObject(nest)),
                Jrmp.newSession(server, out -> out.writeObject(new Object[] {map, "x".repeat(1000)})),
                Jrmp.newSession(server, out -> out.flush()),
                Jrmp.joined(Jrmp.newSession(server, out -> out.flush()), Jrmp.promise("[J", Integer.MAX_VALUE)),
                Jrmp.joined(Jrmp.newSession(server, out -> out.flush()), Jrmp.promise("[O", Integer.MAX_VALUE)),
                Jrmp.joined(Jrmp.newSession(server, out -> out.flush()), Jrmp.promise("[O", 9999)),
                Jrmp.dirty(out -> out.writeObject(nest)),
                Jrmp.dirty(out -> out.flush()),
                Jrmp.call(Jrmp.COLLECTOR, 0, 0, out -> out.writeObject(map)),
                Jrmp.call(new byte[22], 1, 1, out -> out.writeObject(map)));
        attack("streams", STREAMS, random -> {
            byte[] call = calls.get(random.nextInt(calls.size()));
            if (random.nextInt(1000) == 0) {
                // One that is no other's: a session that nobody uses.
                call = Jrmp.newSession(server, out -> out.writeObject(new String[] {"root", "secret"}));
            }
            byte[] stream = switch (random.nextInt(6)) {
                case 0 -> random(random, 3000);
                case 1 -> Jrmp.joined(Jrmp.begin(), random(random, 1000));
                case 2 -> damaged(random, Jrmp.joined(Jrmp.begin(), call));
                case 3 -> Jrmp.joined(Jrmp.begin(), damaged(random, call), damaged(random, call));
                case 4 ->
                    random.nextInt(50) == 0
                            ? Jrmp.joined(Jrmp.begin(), call, new byte[2 * REQUEST_BYTES])
                            : Jrmp.joined(Jrmp.begin(), call, call);
                default -> Jrmp.joined(Jrmp.begin(), call);
            };
            try (SocketChannel channel = client()) {
                if (send(channel, stream) && random.nextBoolean()) {
                    channel.read(ByteBuffer.allocate(1 << 14));
                }
                if (random.nextInt(4) == 0) {
                    channel.shutdownOutput();
                    rest(channel);
                }
            }
            return 1;
        });
    }

    /** Each of these is sent away in its time, all at once, while others are served. */
    @Test
    void slowAndDeadClients() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Long> other = serve(done);
        List<SocketChannel> channels = new ArrayList<>();
        long begin = System.nanoTime();
        // One says nothing, one stops in the midst of a request, one drips, one reads no answer, one only idles.
        for (int i = 0; i < 5; i++) {
            channels.add(client());
        }
        byte[] call = Jrmp.newSession(server, out -> out.writeObject("x".repeat(1000)));
        send(channels.get(1), Jrmp.joined(Jrmp.begin(), Arrays.copyOf(call, 500)));
        CompletableFuture<Double> dripping = CompletableFuture.supplyAsync(() -> {
            send(channels.get(2), Jrmp.joined(Jrmp.begin(), Arrays.copyOf(call, 100)));
            while (send(channels.get(2), new byte[] {'x'})) {
                Waiting.pause(100);
            }
            return (System.nanoTime() - begin) / 1e9;
        });
        CompletableFuture<Double> deaf = CompletableFuture.supplyAsync(() -> {
            byte[] wrong = Jrmp.call(new byte[22], 1, 1, out -> out.writeInt(1));
            send(channels.get(3), Jrmp.begin());
            while (send(channels.get(3), wrong)) {
                // Each has an answer of some hundred bytes, which nobody reads.
            }
            return (System.nanoTime() - begin) / 1e9;
        });
        send(channels.get(4), Jrmp.begin());
        double midst = seconds(channels.get(1), begin);
        double slow = dripping.get(60, TimeUnit.SECONDS);
        double unread = deaf.get(60, TimeUnit.SECONDS);
        double silent = seconds(channels.get(0), begin);
        double idle = seconds(channels.get(4), begin);
        done.set(true);
        long longest = other.join();
        System.out.printf(
                "sent away: in the midst %.1f s, dripping %.1f s, deaf %.1f s, silent %.1f s, idle %.1f s; others wait %d ms%n",
                midst, slow, unread, silent, idle, longest);
        assertTrue(midst < 8 && slow < 8 && unread < 15, midst + " " + slow + " " + unread);
        assertTrue(silent > 5 && silent < 20 && idle > 5 && idle < 25, silent + " " + idle);
        assertTrue(longest < 5000, "others have waited " + longest + " ms");
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    private static double seconds(SocketChannel channel, long begin) {
        rest(channel);
        return (System.nanoTime() - begin) / 1e9;
    }

    @Test
    void aRequestThatIsTooLongIsGivenUp() throws Exception {
        try (SocketChannel channel = client()) {
            byte[] endless = Jrmp.newSession(server, out -> out.writeObject("x".repeat(8 * REQUEST_BYTES)));
            assertTrue(!send(channel, Jrmp.joined(Jrmp.begin(), endless))
                    || !rest(channel).isEmpty());
        }
        assertTrue(Waiting.text(dyntrace.rundir().resolve("log")).contains("sends a request of more than"));
        assertThrows(
                Exception.class,
                () -> connection
                        .server()
                        .invoke(
                                ObjectNames.daemon(),
                                "attach",
                                new Object[] {"x".repeat(3 * REQUEST_BYTES)},
                                new String[] {String.class.getName()}));
        assertEquals(1, connection.daemon().listProcesses().size());
    }
}
