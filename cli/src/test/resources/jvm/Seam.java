import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.Deflater;

/** Goes through JNI into libz, and has calls that coincide with something. Each command is done when it is answered. */
public class Seam {
    static final Object LOCK = new Object();

    /** What is traced. */
    static class Work {
        static int squeeze(byte[] bytes) {
            Deflater deflater = new Deflater();
            try {
                deflater.setInput(bytes);
                deflater.finish();
                return deflater.deflate(new byte[bytes.length + 64]);
            } finally {
                deflater.end();
            }
        }

        static int point(int n) {
            return n * 31;
        }

        static void collect() {
            System.gc();
        }

        static int locked(int n) {
            synchronized (LOCK) {
                return n + 1;
            }
        }

        /** Every tenth call waits. */
        static void tail(int n) {
            if (n % 10 == 9) {
                LockSupport.parkNanos(5_000_000);
            }
        }

        static void even(int n) {
            LockSupport.parkNanos(50_000);
        }
    }

    private static void contend() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Thread other = new Thread(
                () -> {
                    begun.countDown();
                    Work.locked(1);
                },
                "contender");
        synchronized (LOCK) {
            other.start();
            begun.await();
            while (other.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            Thread.sleep(40);
        }
        other.join();
    }

    public static void main(String[] arguments) throws Exception {
        byte[] bytes = new byte[512];
        System.out.println("ready");
        Scanner input = new Scanner(System.in);
        while (input.hasNext()) {
            String command = input.next();
            int times = input.nextInt();
            for (int i = 0; i < times; i++) {
                switch (command) {
                    case "squeeze" -> Work.squeeze(bytes);
                    case "point" -> Work.point(i);
                    case "pace" -> {
                        Work.point(i);
                        LockSupport.parkNanos(1_000_000);
                    }
                    case "collect" -> Work.collect();
                    case "locked" -> contend();
                    case "tail" -> Work.tail(i);
                    default -> Work.even(i);
                }
            }
            System.out.println("did " + command + " " + times);
        }
    }
}
