package org.dyntrace.agent.symbols;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers classes by loader and name, for good: the first half of a method's stable address. A loader is compared by
 * identity, since its equals is the application's code, and is not kept from being collected. Any thread may use it.
 */
public final class ClassNumbers {
    /** 24 bits of an address. */
    private static final int MOST = 1 << 24;

    private final Map<Loader, Map<String, Integer>> byLoader = new HashMap<>();
    private final Map<String, Integer> byBootLoader = new HashMap<>();
    private final ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    private int last;

    private static final class Loader extends WeakReference<ClassLoader> {
        private final int hash;

        Loader(ClassLoader loader, ReferenceQueue<ClassLoader> collected) {
            super(loader, collected);
            this.hash = System.identityHashCode(loader);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            ClassLoader mine = get();
            return mine != null && other instanceof Loader loader && loader.get() == mine;
        }
    }

    /**
     * Numbers a class.
     *
     * @param loader its defining loader, null for the JVM's own
     * @param dottedName its name
     * @return its number, 1 to 2^24 - 1; 0 when there are no more
     */
    public synchronized int of(ClassLoader loader, String dottedName) {
        for (Object gone = collected.poll(); gone != null; gone = collected.poll()) {
            byLoader.remove(gone);
        }
        Map<String, Integer> names = byBootLoader;
        if (loader != null) {
            Loader key = new Loader(loader, collected);
            names = byLoader.get(key);
            if (names == null) {
                names = new HashMap<>();
                byLoader.put(key, names);
            }
        }
        Integer number = names.get(dottedName);
        if (number == null) {
            if (last + 1 >= MOST) {
                return 0;
            }
            number = ++last;
            names.put(dottedName, number);
        }
        return number;
    }
}
