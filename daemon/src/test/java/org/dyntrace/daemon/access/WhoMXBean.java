package org.dyntrace.daemon.access;

/** Answers who asks. */
public interface WhoMXBean {
    /** {@return uid, gid, groups and pid of who asks} */
    String getCaller();

    /** Fails with a Failure. */
    void fail();

    /** Fails with an exception that no client knows. */
    void crash();
}
