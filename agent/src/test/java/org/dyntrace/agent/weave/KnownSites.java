package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The places of a tracepoint, kept as simply as can be. */
final class KnownSites implements Sites {
    private final Map<String, Integer> placed = new HashMap<>();
    private final Map<String, MethodRefusal> refused = new HashMap<>();
    private final Map<String, MethodRefusal> rejected = new HashMap<>();
    private final Set<String> classes = new HashSet<>();

    @Override
    public synchronized int place(ClassLoader loader, String dottedClass, String method, String descriptor, int rank) {
        classes.add(key(loader, dottedClass));
        String key = key(loader, dottedClass) + "." + method + descriptor;
        placed.putIfAbsent(key, placed.size());
        return placed.get(key);
    }

    @Override
    public synchronized void refused(
            ClassLoader loader, String dottedClass, String method, String descriptor, int rank, MethodRefusal refusal) {
        classes.add(key(loader, dottedClass));
        refused.put(key(loader, dottedClass) + "." + method + descriptor, refusal);
    }

    @Override
    public synchronized void rejected(ClassLoader loader, String dottedClass, MethodRefusal refusal) {
        rejected.put(key(loader, dottedClass), refusal);
    }

    @Override
    public synchronized boolean knows(ClassLoader loader, String dottedClass) {
        return classes.contains(key(loader, dottedClass));
    }

    private static String key(ClassLoader loader, String dottedClass) {
        return System.identityHashCode(loader) + " " + dottedClass;
    }

    synchronized int placed() {
        return (int) placed.keySet().stream()
                .filter(key -> !refused.containsKey(key))
                .count();
    }

    synchronized int classes() {
        return classes.size();
    }

    synchronized List<String> refusals() {
        List<String> all = new ArrayList<>();
        refused.forEach((key, refusal) -> all.add(key + ": " + refusal));
        return all;
    }

    synchronized List<String> rejections() {
        List<String> all = new ArrayList<>();
        rejected.forEach((key, refusal) -> all.add(key + ": " + refusal));
        return all;
    }
}
