package org.dyntrace.jfrbridge.calls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.event.Place;

/** Which functions were called below which, on the same thread: Java's and native ones in one tree. Of bounded size. */
public final class CallTree {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 100_000;

    private final Map<Integer, Node> roots = new LinkedHashMap<>();
    private int nodes;

    /** A function, where it was called. */
    public static final class Node {
        private final Place place;
        private final int depth;
        private final Map<Long, Node> children = new LinkedHashMap<>();
        private long calls;
        private long nanos;
        private long below;

        Node(Place place, int depth) {
            this.place = place;
            this.depth = depth;
        }

        /** {@return the function; null at the root, a process} */
        public Place place() {
            return place;
        }

        /** {@return how often it was called here} */
        public long calls() {
            return calls;
        }

        /** {@return how long these calls took, in ns} */
        public long nanos() {
            return nanos;
        }

        /** {@return how much of that was in recorded calls below} */
        public long below() {
            return below;
        }

        /** {@return what was called below, what took longest first} */
        public List<Node> children() {
            List<Node> sorted = new ArrayList<>(children.values());
            sorted.sort(Comparator.comparingLong(Node::nanos).reversed());
            return sorted;
        }

        /** {@return whether Java's and native functions call each other at or below here} */
        public boolean hasSeam() {
            for (Node child : children.values()) {
                if ((place != null && place.isJava() != child.place.isJava()) || child.hasSeam()) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Adds a call.
     *
     * @param call that has ended
     */
    public void add(Call call) {
        Node node = node(call);
        if (node != null) {
            node.calls++;
            node.nanos += call.duration();
            node.below += call.inner();
        }
    }

    private Node node(Call call) {
        Deque<Call> above = new ArrayDeque<>();
        Call known = call;
        while (known != null && known.node() == null) {
            above.push(known);
            known = known.caller();
        }
        Node node = known != null ? known.node() : roots.computeIfAbsent(call.pid(), pid -> new Node(null, 0));
        for (Call next : above) {
            node = child(node, next.place());
            next.node(node);
        }
        return node;
    }

    private Node child(Node node, Place place) {
        Node child = node.children.get(place.address());
        if (child == null) {
            if (node.depth >= MAX_DEPTH || nodes >= MAX_NODES) {
                // Deeper calls count where the tree ends.
                return node;
            }
            nodes++;
            child = new Node(place, node.depth + 1);
            node.children.put(place.address(), child);
        }
        return child;
    }

    /** {@return the roots, by process} */
    public Map<Integer, Node> roots() {
        return roots;
    }
}
