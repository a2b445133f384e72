import java.util.Scanner;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Four threads that call one method again and again, but for the time between "pause" and "go". */
public class Busy {
    static final AtomicLong CALLS = new AtomicLong();
    static final Phaser PAUSE = new Phaser();
    static volatile boolean paused;

    /** The JVM keeps old versions of a class that has a frame, such as that of run; this one has none for long. */
    static class Work {
        static int work(int n) {
            if (n % 7 == 3) {
                throw new IllegalStateException("seven");
            }
            return n * 31;
        }
    }

    private static void run() {
        for (int i = 0; ; i++) {
            if (paused) {
                PAUSE.arriveAndAwaitAdvance();
                PAUSE.arriveAndAwaitAdvance();
            }
            try {
                Work.work(i);
            } catch (IllegalStateException e) {
                LockSupport.parkNanos(20_000);
            }
            CALLS.incrementAndGet();
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < 4; i++) {
            PAUSE.register();
            new Thread(Busy::run).start();
        }
        PAUSE.register();
        System.out.println("ready");
        Scanner input = new Scanner(System.in);
        while (input.hasNext()) {
            String command = input.next();
            // Each waits until the threads do.
            if (command.equals("pause")) {
                paused = true;
                PAUSE.arriveAndAwaitAdvance();
            } else if (command.equals("go")) {
                paused = false;
                PAUSE.arriveAndAwaitAdvance();
            }
            System.out.println("did " + command + " after " + CALLS.get() + " calls");
        }
    }
}
