package org.dyntrace.jmc.tab;

import java.util.Scanner;

/** A JVM that is traced. Does what lines say, and answers each: {@code calls N} calls a method that often, through another one. */
final class Counted {
    static final String CALLEE = "org.dyntrace.jmc.tab.Counted.callee(int)";
    static final String CALLER = "org.dyntrace.jmc.tab.Counted.caller(int)";

    private static int sum;

    private Counted() {}

    /** No arguments. */
    public static void main(String[] arguments) {
        System.out.println("ready");
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            int times = Integer.parseInt(lines.nextLine().substring("calls ".length()));
            for (int i = 0; i < times; i++) {
                caller(i);
            }
            System.out.println("done " + sum);
        }
    }

    static void caller(int i) {
        sum += callee(i);
    }

    static int callee(int i) {
        return i + 1;
    }

    static long callee(long i) {
        return i + 2;
    }
}
