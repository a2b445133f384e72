package org.dyntrace.agent.program;

/** Leaves methods and constructors in all ways. */
public class Throwing {
    private final int value;

    private Throwing(int value) {
        this(value, check(value));
    }

    private Throwing(int value, boolean good) {
        this.value = good ? value : -value;
        if (value % 5 == 0) {
            throw new IllegalStateException();
        }
    }

    private static boolean check(int value) {
        if (value % 3 == 0) {
            throw new IllegalArgumentException();
        }
        return value % 2 == 0;
    }

    private static final class Derived extends Throwing {
        private final long more;

        Derived(int value) {
            super(value > 10 ? new Throwing(value + 1, true).value : value);
            more = value;
            if (value % 7 == 0) {
                throw new UnsupportedOperationException();
            }
        }
    }

    private synchronized long locked(int n) {
        if (n % 4 == 0) {
            throw new IllegalStateException();
        }
        return n;
    }

    private static String inFinally(int n) {
        try {
            if (n % 2 == 0) {
                return "even";
            }
            return Integer.toString(10 / (n % 3));
        } catch (ArithmeticException e) {
            throw new IllegalStateException(e);
        } finally {
            if (n % 11 == 0) {
                throw new IllegalArgumentException();
            }
        }
    }

    private static double branches(int n, double d, long l) {
        switch (n & 7) {
            case 0:
                return d;
            case 1:
            case 2:
                return l;
            case 3:
                throw new IllegalStateException();
            default:
                for (int i = 0; i < n; i++) {
                    if (i == 5) {
                        return i;
                    }
                }
        }
        return 0;
    }

    /** What happened, as one number. */
    public static long run(int times) {
        long sum = 0;
        for (int i = 0; i < times; i++) {
            sum = sum * 31 + one(i);
        }
        return sum;
    }

    private static long one(int i) {
        long sum = 0;
        try {
            sum += new Derived(i).more;
        } catch (RuntimeException e) {
            sum += e.getClass().getName().length();
        }
        try {
            sum += new Throwing(i | 1, true).locked(i);
        } catch (RuntimeException e) {
            sum += e.getClass().getName().length();
        }
        try {
            sum += inFinally(i).length();
        } catch (RuntimeException e) {
            sum += e.getClass().getName().length();
        }
        try {
            sum += (long) branches(i, 2.5, 3);
        } catch (RuntimeException e) {
            sum += e.getClass().getName().length();
        }
        return sum;
    }
}
