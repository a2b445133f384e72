package org.dyntrace.agent.program;

/** Calls methods that do next to nothing, as often as it is told. */
public final class Hot {
    private static int state = 1;

    private Hot() {}

    /** What is woven in, to compare with. */
    public static void nothing(int tracepoint) {}

    private static void empty() {
        nothing(1);
        state = state * 31 + 7;
    }

    private static void counted() {
        state = state * 31 + 7;
    }

    private static void hit() {
        state = state * 31 + 7;
    }

    private static void pair() {
        state = state * 31 + 7;
    }

    public static void runEmpty(int times) {
        for (int i = 0; i < times; i++) {
            empty();
        }
    }

    public static void runCounted(int times) {
        for (int i = 0; i < times; i++) {
            counted();
        }
    }

    public static void runHit(int times) {
        for (int i = 0; i < times; i++) {
            hit();
        }
    }

    public static void runPair(int times) {
        for (int i = 0; i < times; i++) {
            pair();
        }
    }
}
