package org.dyntrace.agent.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/** Uses much of java.base in many threads, and knows what must come out. */
public final class Busy {
    private Busy() {}

    /** Returns the same every time. */
    public static long run(int rounds) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        Map<String, Long> sums = new ConcurrentHashMap<>();
        LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>(16);
        ReentrantLock lock = new ReentrantLock();
        List<Future<Long>> parts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int seed = i;
            parts.add(pool.submit((Callable<Long>) () -> part(rounds, seed, sums, queue, lock)));
        }
        long total = 0;
        for (int i = 0; i < 4 * rounds; i++) {
            total += queue.take().hashCode();
        }
        for (Future<Long> part : parts) {
            total += part.get();
        }
        pool.shutdown();
        pool.awaitTermination(1, TimeUnit.MINUTES);
        return total + sums.values().stream().mapToLong(Long::longValue).sum();
    }

    private static long part(
            int rounds, int seed, Map<String, Long> sums, LinkedBlockingQueue<String> queue, ReentrantLock lock)
            throws Exception {
        long found = 0;
        for (int i = 0; i < rounds; i++) {
            String text = String.format("%d:%s", i, Integer.toHexString(i * 31 + seed));
            sums.merge(text.substring(text.indexOf(':')), 1L, Long::sum);
            lock.lock();
            try {
                found += new StringBuilder(text).reverse().toString().hashCode();
            } finally {
                lock.unlock();
            }
            found += IntStream.range(0, 20).filter(n -> n % 3 == 0).sum();
            try {
                found += Long.parseLong(text);
            } catch (NumberFormatException e) {
                found += e.getMessage().length();
            }
            Thread thread = new Thread(() -> sums.merge("thread", 1L, Long::sum));
            thread.start();
            thread.join();
            queue.put(text);
        }
        return found + new OwnLoader().load();
    }

    /** Loads a class again and again. */
    private static final class OwnLoader extends ClassLoader {
        long load() throws Exception {
            String name = Work.class.getName();
            byte[] bytes = Work.class.getResourceAsStream("Work.class").readAllBytes();
            Class<?> again = defineClass(name, bytes, 0, bytes.length);
            return (Integer) again.getMethod("ticks", int.class).invoke(null, 10);
        }
    }
}
