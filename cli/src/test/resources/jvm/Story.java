import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/** A Java program that does what it reads, a known number of times. */
public class Story {
    static int work(int n) {
        if (n % 7 == 3) {
            throw new IllegalStateException("seven");
        }
        return n * 31;
    }

    static long deep(int n) {
        return n == 0 ? 0 : 1 + deep(n - 1);
    }

    final int value;

    Story(int n) {
        this(n, checked(n));
    }

    Story(int n, String text) {
        value = n + text.length();
    }

    static String checked(int n) {
        if (n % 5 == 2) {
            throw new IllegalArgumentException("five");
        }
        return "x" + n;
    }

    static double mixed(long a, double b, int c, float d) {
        double sum = a + b;
        for (int i = 0; i < c; i++) {
            long square = (long) i * i;
            sum += square * d;
        }
        return sum;
    }

    private static int caught(Runnable work, int n) {
        int thrown = 0;
        for (int i = 0; i < n; i++) {
            try {
                work.run();
            } catch (RuntimeException e) {
                thrown++;
            }
        }
        return thrown;
    }

    private static String work(String command, int n) throws Exception {
        int[] next = {0};
        switch (command) {
            case "work":
                return "thrown " + caught(() -> work(next[0]++), n);
            case "make":
                return "thrown " + caught(() -> new Story(next[0]++), n);
            case "deep":
                return "depth " + deep(n);
            case "mixed":
                double sum = 0;
                for (int i = 0; i < n; i++) {
                    sum += mixed(i, 0.5, 3, 2f);
                }
                return "sum " + sum;
            case "threads":
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    threads.add(new Thread(() -> caught(() -> work(1), n)));
                }
                for (Thread thread : threads) {
                    thread.start();
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                return "threads";
            case "late":
                // A loader of its own, twice: two classes of one name.
                for (int i = 0; i < 2; i++) {
                    URL[] here = {Path.of(Story.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                            .resolve("late").toUri().toURL()};
                    try (URLClassLoader loader = new URLClassLoader(here, null)) {
                        loader.loadClass("Late").getMethod("times", int.class).invoke(null, n);
                    }
                }
                return "late";
            default:
                return "what?";
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("ready");
        Scanner input = new Scanner(System.in);
        while (input.hasNext()) {
            String command = input.next();
            int n = input.nextInt();
            System.out.println("did " + command + " " + n + " " + work(command, n));
        }
    }
}
