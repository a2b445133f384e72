package org.dyntrace.daemon.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.MarshalledObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.Notification;
import javax.management.NotificationFilter;
import javax.management.ObjectName;
import javax.management.QueryExp;
import javax.management.remote.rmi.RMIConnection;
import javax.management.remote.rmi.RMIServer;
import javax.security.auth.Subject;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Serialised objects that act when they are read never are: the daemon's side knows all their classes here, as in the worst case. */
@Timeout(60)
class RequestFilterTest {
    private static final ObjectName DELEGATE = MBeanServerDelegate.DELEGATE_NAME;
    private static final AtomicInteger READ = new AtomicInteger();

    @TempDir
    Path temporary;

    private final MBeanServer mbeans = ManagementFactory.getPlatformMBeanServer();
    private JmxServer server;
    private RMIServer stub;
    private RMIConnection session;

    /** Leaves a trace where it is read, and may be given as a filter or a query. */
    private static final class Gadget implements NotificationFilter, QueryExp, Comparator<Object>, Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            READ.incrementAndGet();
            in.defaultReadObject();
        }

        @Override
        public boolean isNotificationEnabled(Notification notification) {
            return true;
        }

        @Override
        public boolean apply(ObjectName name) {
            return true;
        }

        @Override
        public void setMBeanServer(MBeanServer anybody) {
            // Nothing is asked.
        }

        @Override
        public int compare(Object a, Object b) {
            return 0;
        }
    }

    @BeforeEach
    void start() throws Exception {
        READ.set(0);
        RunDirectory directory = new RunDirectory(temporary);
        server = JmxServer.start(mbeans, directory, AccessRule.ownerOnly(), Limits.defaults());
        byte[] bytes = Base64.getMimeDecoder().decode(Files.readAllBytes(directory.stub()));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            stub = (RMIServer) in.readObject();
        }
        session = stub.newClient(null);
    }

    @AfterEach
    void stop() throws IOException {
        session.close();
        server.close();
    }

    /** All that a request may hold, or be wrapped around. */
    private static Stream<Arguments> gadgets() throws Exception {
        Gadget gadget = new Gadget();
        PriorityQueue<Object> compared = new PriorityQueue<>(gadget);
        compared.add("a");
        AttributeList attributes = new AttributeList();
        attributes.add(new Attribute("a", gadget));
        return Stream.<Object>of(
                        gadget,
                        new Gadget[] {gadget},
                        new Object[] {"a", new Object[] {gadget}},
                        new ArrayList<>(List.of(gadget)),
                        new HashMap<>(Map.of("a", gadget)),
                        new Attribute("a", gadget),
                        attributes,
                        compared,
                        // A marshalled one within a marshalled one is read when somebody asks for it, which nobody
                        // does.
                        new MarshalledObject<>(new Gadget[] {gadget}),
                        new IllegalStateException(new GadgetException(gadget)))
                .map(each -> Arguments.of(each));
    }

    private static final class GadgetException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Gadget gadget;

        GadgetException(Gadget gadget) {
            this.gadget = gadget;
        }

        @Override
        public String toString() {
            return gadget.toString();
        }
    }

    @ParameterizedTest
    @MethodSource("gadgets")
    void noGadgetIsRead(Serializable gadget) throws Exception {
        String[] signature = {"java.lang.Object"};
        for (Executable request : List.<Executable>of(
                () -> stub.newClient(gadget),
                () -> session.invoke(
                        DELEGATE, "x", new MarshalledObject<>(new Object[] {gadget}), signature, (Subject) null),
                () -> session.invoke(DELEGATE, "x", new MarshalledObject<>(gadget), signature, null),
                () -> session.setAttribute(DELEGATE, new MarshalledObject<>(gadget), null),
                () -> session.setAttributes(DELEGATE, new MarshalledObject<>(gadget), null),
                () -> session.queryNames(null, new MarshalledObject<>(gadget), null),
                () -> session.createMBean("x", DELEGATE, new MarshalledObject<>(gadget), signature, null),
                () -> session.addNotificationListeners(
                        new ObjectName[] {DELEGATE},
                        new MarshalledObject<?>[] {new MarshalledObject<>(gadget)},
                        new Subject[1]))) {
            if (!(gadget instanceof MarshalledObject)) {
                assertThrows(Exception.class, request);
            } else {
                try {
                    request.execute();
                } catch (Throwable refused) {
                    assertFalse(refused instanceof Error, refused::toString);
                }
            }
            assertEquals(0, READ.get());
        }
        // The session lives on.
        assertEquals(mbeans.getMBeanCount(), session.getMBeanCount(null));
    }

    @Test
    void theGadgetActsWhereNothingFilters() throws Exception {
        new MarshalledObject<>(new Gadget()).get();
        assertEquals(1, READ.get());
    }

    /** Sets of sets: each level is hashed twice for each of the level above, 2 to the power of 100 times in all. */
    @Test
    void nestedSetsKeepNoProcessorBusy() {
        Set<Object> outermost = new HashSet<>();
        Set<Object> one = outermost;
        Set<Object> two = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Set<Object> next = new HashSet<>(Set.of("a"));
            Set<Object> other = new HashSet<>();
            one.add(next);
            one.add(other);
            two.add(next);
            two.add(other);
            one = next;
            two = other;
        }
        assertTrue(outermost.size() > 0);
        Serializable bomb = (Serializable) outermost;
        assertQuicklyRefused(() -> stub.newClient(bomb));
        assertQuicklyRefused(
                () -> session.invoke(DELEGATE, "x", new MarshalledObject<>(new Object[] {bomb}), new String[0], null));
    }

    @Test
    void depthAndNumbersAreBounded() {
        Object deep = "a";
        for (int i = 0; i < 100; i++) {
            deep = new Object[] {deep};
        }
        Object nest = deep;
        assertQuicklyRefused(() -> stub.newClient(nest));
        assertQuicklyRefused(() -> stub.newClient(new long[20_000]));
        assertQuicklyRefused(() -> stub.newClient(new Object[20_000]));
        assertQuicklyRefused(() -> stub.newClient(new byte[2 << 20]));
        Object[] references = new Object[9000];
        for (int i = 0; i < references.length; i++) {
            references[i] = new Object[] {i, i + 1, i + 2, i + 3, i + 4, i + 5, i + 6, i + 7, i + 8, i + 9, i + 10};
        }
        assertQuicklyRefused(() -> stub.newClient(references));
        // Nobody shows texts to a filter; the socket counts their bytes.
        assertQuicklyRefused(() -> stub.newClient("x".repeat(4 << 20)));
        assertDoesNotThrow(() -> session.getMBeanCount(null));
    }

    private static void assertQuicklyRefused(Executable request) {
        long begin = System.nanoTime();
        assertThrows(Exception.class, request);
        assertTrue(System.nanoTime() - begin < Duration.ofSeconds(5).toNanos());
    }
}
