package org.dyntrace.daemon.jvm;

import java.security.SecureRandom;

/** Names in a target's /tmp that nobody can foresee. */
final class FreshName {
    private static final SecureRandom RANDOM = new SecureRandom();

    private FreshName() {}

    static String make() {
        return ".dyntrace-" + Long.toHexString(RANDOM.nextLong());
    }
}
