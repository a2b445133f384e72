package org.dyntrace.agent.program;

/** Does little, a known number of times. */
public final class Work {
    private int done;

    private Work() {}

    /** The traced one. */
    static int tick(int value) {
        return value * 31 + 7;
    }

    /** Calls tick that often. */
    public static int ticks(int times) {
        int value = 0;
        for (int i = 0; i < times; i++) {
            value = tick(value);
        }
        return value;
    }

    /** Calls tick from a Runnable. */
    public static Runnable task(int times) {
        return () -> ticks(times);
    }

    /** Calls tick that often, and lets others run in between: a virtual thread goes to other carriers. */
    public static Runnable restlessTask(int times) {
        return () -> {
            for (int i = 0; i < times; i++) {
                tick(i);
                Thread.yield();
            }
        };
    }

    /** Recurses until the stack is full, that often; every level calls tick. */
    public static int exhaustStack(int times) {
        int full = 0;
        for (int i = 0; i < times; i++) {
            try {
                new Work().deeper();
            } catch (StackOverflowError e) {
                full++;
            }
        }
        return full;
    }

    private void deeper() {
        done++;
        deeper();
        done--;
    }
}
