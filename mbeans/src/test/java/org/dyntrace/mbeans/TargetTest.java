package org.dyntrace.mbeans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dyntrace.mbeans.Location.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @Test
    void theFirstColonSeparates() {
        assertEquals(
                new TargetedLocation(new Target.Pid(4711), new Location.Symbol(Scope.ANY, "malloc", 0, "")),
                TargetedLocation.parse("4711:malloc"));
        assertEquals(
                new TargetedLocation(new Target.Name("server"), new Location.Symbol(Scope.ANY, "ns::f(int)", 0, "")),
                TargetedLocation.parse("server:ns::f(int)"));
        assertEquals(
                new TargetedLocation(new Target.Name("java"), new Location.Symbol(Scope.NATIVE, "malloc", 0, "")),
                TargetedLocation.parse("java:native:malloc"));
        assertEquals("bash:f+0x10@x", TargetedLocation.parse("bash:f+0x10@x").toString());
        assertEquals(new TargetedTracepoint(new Target.Pid(1), "a:b"), TargetedTracepoint.parse("1:a:b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "malloc", ":malloc", "4711:", "ns::f", "0:f", "99999999999:f", "a/b:f"})
    void refused(String text) {
        assertEquals(
                Reason.BAD_REQUEST,
                assertThrows(Failure.class, () -> TargetedLocation.parse(text)).reason());
    }

    @Test
    void namesOfTracepoints() {
        assertThrows(Failure.class, () -> TargetedTracepoint.checkName(""));
        assertThrows(Failure.class, () -> TargetedTracepoint.checkName("a b"));
        assertThrows(Failure.class, () -> TargetedTracepoint.checkName("x".repeat(64)));
        assertEquals("tp-0", TargetedTracepoint.checkName("tp-0"));
    }
}
