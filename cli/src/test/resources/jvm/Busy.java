import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Four threads that call one method again and again. */
public class Busy {
    static final AtomicLong CALLS = new AtomicLong();

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
            new Thread(Busy::run).start();
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            System.out.println("calls " + CALLS.get());
        }
    }
}
