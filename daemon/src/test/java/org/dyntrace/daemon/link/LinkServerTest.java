package org.dyntrace.daemon.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dyntrace.daemon.access.Limits;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.wire.FromAgent;
import org.dyntrace.wire.FromJvm;
import org.dyntrace.wire.Hello;
import org.dyntrace.wire.JvmAgent;
import org.dyntrace.wire.JvmReply;
import org.dyntrace.wire.JvmTracepoint;
import org.dyntrace.wire.NativeAgent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that are none, or not in order: the daemon's side of their socket bounds what they can take, and others are served. */
@Timeout(60)
class LinkServerTest {
    private static final int JVM_FRAME_MAX = 1 << 20;

    @TempDir
    Path temporary;

    private final BlockingQueue<AgentLink> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<AgentLink> gone = new LinkedBlockingQueue<>();
    private Path socket;
    private LinkServer server;

    @BeforeEach
    void start() {
        socket = temporary.resolve("run.agents/link.sock");
        server = new LinkServer(socket, 0, Limits.defaults(), connected::add, gone::add);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    private static byte[] frame(byte[] message) {
        return ByteBuffer.allocate(4 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private static byte[] hello() {
        Hello.Builder hello =
                Hello.newBuilder().setProtocol(1).setJvm(JvmAgent.newBuilder().setRelease(17));
        return frame(FromAgent.newBuilder().setHello(hello).build().toByteArray());
    }

    private static byte[] reply(JvmReply.Builder reply) {
        return frame(FromJvm.newBuilder().setReply(reply).build().toByteArray());
    }

    private static void send(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    private JvmLink jvm(SocketChannel channel) throws Exception {
        send(channel, hello());
        return (JvmLink) connected.poll(20, TimeUnit.SECONDS);
    }

    /** The daemon has hung up. */
    private static void assertSentAway(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                // What it still had to say.
            }
        } catch (IOException reset) {
            assertTrue(reset.getMessage().contains("reset"), reset.getMessage());
        }
    }

    @Test
    void itIsTheKernelWhoTellsThePid() throws Exception {
        try (SocketChannel channel = connect()) {
            assertEquals(ProcessHandle.current().pid(), jvm(channel).process().pid());
        }
        assertTrue(gone.poll(20, TimeUnit.SECONDS) != null);
    }

    @Test
    void whatIsNoHelloIsSentAway() throws Exception {
        byte[] twice = FromAgent.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocol(1)
                        .setNative(NativeAgent.newBuilder().setAnchor(-1))
                        .setJvm(JvmAgent.getDefaultInstance()))
                .build()
                .toByteArray();
        for (byte[] bytes : List.of(
                new byte[] {0, 0, 0, 0},
                new byte[] {-1, -1, -1, -1},
                new byte[] {0, 0, 1, 1},
                frame(new byte[] {1}),
                frame(new byte[100]),
                frame(twice),
                frame(FromAgent.newBuilder()
                        .setHello(Hello.newBuilder().setProtocol(2))
                        .build()
                        .toByteArray()))) {
            try (SocketChannel channel = connect()) {
                send(channel, bytes);
                assertSentAway(channel);
            }
        }
        assertTrue(connected.isEmpty());
    }

    @Test
    void whoSaysNothingOrDoesNotFinishIsSentAway() throws Exception {
        long begin = System.nanoTime();
        List<SocketChannel> slow = new ArrayList<>();
        CompletableFuture<?>[] ends = new CompletableFuture<?>[3];
        for (int i = 0; i < ends.length; i++) {
            SocketChannel channel = connect();
            slow.add(channel);
            // Nothing; a byte of a length; a length without its message.
            send(channel, new byte[][] {{}, {10}, {100, 0, 0, 0}}[i]);
            ends[i] = CompletableFuture.runAsync(() -> assertSentAway(channel));
        }
        // A byte now and then does not help.
        SocketChannel dripping = connect();
        slow.add(dripping);
        send(dripping, new byte[] {100, 0, 0, 0});
        while (!CompletableFuture.allOf(ends).isDone()) {
            try {
                send(dripping, new byte[1]);
            } catch (IOException sentAway) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        try (SocketChannel other = connect()) {
            assertTrue(jvm(other) != null);
        }
        CompletableFuture.allOf(ends).get(30, TimeUnit.SECONDS);
        assertSentAway(dripping);
        assertTrue(System.nanoTime() - begin < Duration.ofSeconds(25).toNanos());
        for (SocketChannel channel : slow) {
            channel.close();
        }
    }

    @Test
    void answersThatNobodyAskedForAreNotKept() throws Exception {
        for (int id : new int[] {0, 1, 77}) {
            try (SocketChannel channel = connect()) {
                JvmLink link = jvm(channel);
                send(channel, reply(JvmReply.newBuilder().setId(id)));
                assertSentAway(channel);
                assertEquals(
                        Reason.AGENT_LOST,
                        assertThrows(Failure.class, () -> link.tracepoints("")).reason());
            }
        }
    }

    @Test
    void anAnswerToAnotherQuestionEndsTheLink() throws Exception {
        try (SocketChannel channel = connect()) {
            JvmLink link = jvm(channel);
            CompletableFuture<?> asked = CompletableFuture.runAsync(() -> link.tracepoints(""));
            ByteBuffer question = ByteBuffer.allocate(1000);
            assertTrue(channel.read(question) > 4);
            send(channel, reply(JvmReply.newBuilder().setId(2)));
            assertSentAway(channel);
            assertThrows(Exception.class, () -> asked.get(20, TimeUnit.SECONDS));
        }
    }

    /** Promises of long messages hold up nobody whose message comes. */
    @Test
    void longMessagesWaitForEachOther() throws Exception {
        List<SocketChannel> channels = new ArrayList<>();
        try (SocketChannel honest = connect()) {
            JvmLink link = jvm(honest);
            for (int i = 0; i < 7; i++) {
                SocketChannel channel = connect();
                channels.add(channel);
                jvm(channel);
                send(
                        channel,
                        ByteBuffer.allocate(4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(JVM_FRAME_MAX)
                                .array());
            }
            CompletableFuture<List<JvmTracepoint>> asked = CompletableFuture.supplyAsync(() -> link.tracepoints(""));
            ByteBuffer question = ByteBuffer.allocate(1000);
            assertTrue(honest.read(question) > 4);
            JvmReply.Builder answer = JvmReply.newBuilder().setId(1);
            for (int i = 0; i < 20_000; i++) {
                answer.addTracepoints(JvmTracepoint.newBuilder().setName("tracepoint-" + i + "-of-a-long-answer"));
            }
            send(honest, reply(answer));
            assertEquals(20_000, asked.get(20, TimeUnit.SECONDS).size());
        }
        for (SocketChannel channel : channels) {
            assertSentAway(channel);
            channel.close();
        }
        await().until(() -> gone.size() == 8);
    }
}
