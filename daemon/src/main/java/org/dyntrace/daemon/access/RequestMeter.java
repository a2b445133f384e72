package org.dyntrace.daemon.access;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How much of a request has come through a connection, and how long its rest may take. RMI itself bounds neither. */
final class RequestMeter {
    /** How long a peer may take to say its first word, in milliseconds. */
    static final int FIRST_WORD_MILLISECONDS = 10_000;

    /** What RMI itself adds to a request, bytes. */
    private static final int OVERHEAD = 4096;

    private final Limits limits;
    /** Since the last answer. */
    private final AtomicLong requested = new AtomicLong();
    /** When the request that is being read has begun. */
    private volatile long began;

    private volatile boolean spoken;
    private volatile boolean welcomed;

    RequestMeter(Limits limits) {
        this.limits = limits;
    }

    /** {@return whether more has come than a request can have} */
    boolean isTooLong() {
        return requested.get() > limits.requestBytes() + OVERHEAD;
    }

    /**
     * {@return for how many milliseconds to wait for more; 0 or less when the time for the request is over: who sends a byte now and then
     * would keep a thread for ever}
     */
    long patience() {
        if (requested.get() > 0) {
            return limits.requestSeconds() * 1000L - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        }
        return spoken ? limits.idleSeconds() * 1000L : FIRST_WORD_MILLISECONDS;
    }

    /** Something was read, or the end, which is -1. */
    void read(int count) {
        spoken = true;
        if (requested.getAndAdd(Math.max(count, 0)) == 0) {
            began = System.nanoTime();
        }
    }

    /** Something will be written: the request has come to its end. */
    void answers() {
        if (welcomed) {
            requested.set(0);
        }
        // What is written first only says that RMI is spoken; the request may have come with what asked for that.
        welcomed = true;
    }

    /** What was written until now came before RMI. */
    void greeted() {
        welcomed = false;
    }
}
