package org.dyntrace.agent.natives;

/** Connects once, in a JVM of another user. */
final class ConnectMain {
    private ConnectMain() {}

    public static void main(String[] arguments) {
        Natives.load(arguments[0]);
        int result = Natives.connect(arguments[1]);
        System.out.println(result >= 0 ? "connected" : "error " + -result);
    }
}
