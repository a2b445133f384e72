package org.dyntrace.bench;

/** Static LTTng tracepoints, hit in a loop in C: {@code bench_static.c}. Loaded when they are first called, behind our own tracer. */
final class StaticTracepoints {
    static {
        System.load(System.getProperty("dyntrace.bench.library"));
    }

    private StaticTracepoints() {}

    static native void hit(int count);

    static native void hitTwice(int count);
}
