package org.dyntrace.agent.weave;

/**
 * Why a method can't have a tracepoint.
 *
 * @param reason name of a {@code org.dyntrace.mbeans.Reason}
 * @param sentence one sentence
 */
public record MethodRefusal(String reason, String sentence) {
    static final MethodRefusal NATIVE =
            new MethodRefusal("NO_BYTECODE", "It is native: trace its C function with 'native:'.");
    static final MethodRefusal ABSTRACT =
            new MethodRefusal("NO_BYTECODE", "It is abstract: trace the methods that implement it.");
    static final MethodRefusal INTRINSIC = new MethodRefusal(
            "INTRINSIC",
            "The JVM runs machine code of its own instead of it, so that most hits would be missing: trace its callers.");
    static final MethodRefusal HIDDEN = new MethodRefusal(
            "UNMODIFIABLE_CLASS", "The JVM lets nobody change its class, which is hidden or its own.");
    static final MethodRefusal TOO_LONG =
            new MethodRefusal("METHOD_TOO_LONG", "With the tracepoint it would have more than 64 KB of bytecode.");
    static final MethodRefusal SUBROUTINES = new MethodRefusal(
            "UNSUPPORTED",
            "Its bytecode has subroutines, as compilers made them before Java 6: without -e it can be had.");

    static final MethodRefusal UNCLEAR_CONSTRUCTOR = new MethodRefusal(
            "UNSUPPORTED",
            "Its bytecode doesn't show plainly which call is that of super(…): without -e it can be had.");

    static MethodRefusal rejected(Throwable problem) {
        return new MethodRefusal("WEAVE_REJECTED", "The JVM refused its class with the tracepoint: " + problem + ".");
    }
}
