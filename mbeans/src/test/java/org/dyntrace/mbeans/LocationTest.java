package org.dyntrace.mbeans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.Location.Address;
import org.dyntrace.mbeans.Location.Glob;
import org.dyntrace.mbeans.Location.JavaMethod;
import org.dyntrace.mbeans.Location.Regex;
import org.dyntrace.mbeans.Location.Scope;
import org.dyntrace.mbeans.Location.Symbol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
    private static Location parsed(String text) {
        Location location = Location.parse(text);
        assertEquals(location, Location.parse(location.toString()), "what it prints means the same");
        return location;
    }

    private static Symbol symbol(String name, long offset, String at) {
        return new Symbol(Scope.ANY, name, offset, at);
    }

    @Test
    void namesWithModuleVersionAndOffset() {
        assertEquals(symbol("malloc", 0, ""), parsed("malloc"));
        assertEquals(symbol("malloc", 0, "libc.so.6"), parsed("malloc@libc.so.6"));
        assertEquals(symbol("memcpy", 0, "GLIBC_2.14"), parsed("memcpy@GLIBC_2.14"));
        assertEquals(symbol("memcpy", 0, "@GLIBC_2.14"), parsed("memcpy@@GLIBC_2.14"));
        assertEquals(symbol("main", 0x1f, ""), parsed("main+0x1F"));
        assertEquals(symbol("main", 16, "libx.so"), parsed("main+0x10@libx.so"));
        assertEquals(symbol("f", 16, "GLIBC_2.2.5"), parsed("f@GLIBC_2.2.5+0x10"));
        assertEquals(symbol("f", 0, "libstdc++.so.6"), parsed("f@libstdc++.so.6"));
        assertEquals(symbol("f", 0, "/usr/lib/x.so"), parsed("f@/usr/lib/x.so"));
        assertEquals(new Symbol(Scope.NATIVE, "malloc", 0, ""), parsed("native:malloc"));
        assertEquals("memcpy@@GLIBC_2.14", parsed("memcpy@@GLIBC_2.14").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ns::Klass<int, 2>::operator()(int*) const",
                "operator new(unsigned long)",
                "operator delete[](void*)",
                "ns::operator*",
                "ns::operator->*(ns::A&)",
                "ns::operator<<(std::ostream&, ns::A const*)",
                "bool ns::operator<=><int*>(A const&)",
                "std::vector<char*, std::allocator<char*> >::at(unsigned long)",
                "(anonymous namespace)::f(char const*)",
                "ns::f(void (*)(int?))",
                "f(int) [clone .cold]",
                "ns::{lambda(int*)#1}::operator()(int*) const",
                "ns::operator\"\"_km(long double)",
                "main.main",
                "foo.constprop.0",
                "foo.cold",
                "_ZN2ns1fEPc",
                "runtime.(*mheap).alloc",
                "core::ptr::drop_in_place<alloc::string::String>"
            })
    void exactNames(String text) {
        assertEquals(symbol(text, 0, ""), parsed(text));
        assertEquals(symbol(text, 0, "libx.so"), parsed(text + "@libx.so"));
        assertEquals(symbol(text, 4, "libx.so"), parsed(text + "+0x4@libx.so"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mem*", "*", "mem?py", "ns::*", "ns::K<int*>::*", "operator*?", "std::*(char*)", "f*(", "*_[ab"})
    void patterns(String text) {
        assertEquals(new Glob(Scope.ANY, text, ""), parsed(text));
        assertEquals(new Glob(Scope.ANY, text, "libc.so.6"), parsed(text + "@libc.so.6"));
    }

    @Test
    void aStarInBracketsIsTheSecondReading() {
        Symbol exact = assertInstanceOf(Symbol.class, parsed("f(*)@libx.so"));
        assertEquals(Optional.of(new Glob(Scope.ANY, "f(*)", "libx.so")), exact.asGlob());
        assertTrue(symbol("f(int)", 0, "").asGlob().isEmpty());
    }

    @Test
    void expressions() {
        assertEquals(new Regex(Scope.ANY, "^mem(cpy|set)$", ""), parsed("/^mem(cpy|set)$/"));
        assertEquals(new Regex(Scope.ANY, "a/b@c", "libc.so.6"), parsed("/a/b@c/@libc.so.6"));
        assertEquals(new Regex(Scope.ANY, "a/@b", ""), parsed("/a/@b/"));
        assertEquals(new Regex(Scope.JAVA, "HashMap", ""), parsed("java:/HashMap/"));
    }

    @Test
    void addresses() {
        assertEquals(new Address(Scope.ANY, 0x7fff12345678L), parsed("0x7FFF12345678"));
        assertEquals(new Address(Scope.ANY, -1), parsed("0xffffffffffffffff"));
        assertEquals("0x4a00000000000001", parsed("0x4a00000000000001").toString());
    }

    @Test
    void javaMethods() {
        assertEquals(
                new JavaMethod(Scope.JAVA, "java.util.HashMap", "put", Optional.empty()),
                parsed("java:java.util.HashMap.put"));
        assertEquals(
                new JavaMethod(Scope.ANY, "a.B", "<init>", Optional.of(List.of("int", "java.lang.String[]"))),
                parsed("a.B.<init>(int, java.lang.String[])"));
        assertEquals(
                new JavaMethod(Scope.ANY, "a.B$C", "m", Optional.of(List.of("int", "java.lang.String"))),
                parsed("a.B$C.m(int,java.lang.String)"));
        assertEquals(new JavaMethod(Scope.ANY, "a.B", "m", Optional.of(List.of())), parsed("a.B.m()"));
        assertEquals(
                new JavaMethod(Scope.JAVA, "com.sun.tools.javac.**", "*", Optional.empty()),
                parsed("java:com.sun.tools.javac.**"));
    }

    @Test
    void aDottedNameMayBeEither() {
        assertEquals(
                Optional.of(new JavaMethod(Scope.ANY, "java.util.HashMap", "put", Optional.empty())),
                parsed("java.util.HashMap.put").asJava());
        assertEquals(
                Optional.of(new JavaMethod(Scope.ANY, "java.util.*Map", "put*", Optional.empty())),
                parsed("java.util.*Map.put*").asJava());
        assertTrue(parsed("malloc").asJava().isEmpty());
        assertTrue(parsed("native:main.main").asJava().isEmpty());
        assertTrue(parsed("ns::f(int)").asJava().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " f",
                "f\n",
                "native:",
                "java:put",
                "java:",
                "/",
                "//",
                "/abc",
                "/a(/",
                "/a/@",
                "0x",
                "0xg",
                "0x11112222333344445",
                "0x10@libc",
                "f@",
                "@libc",
                "f@@",
                "f*+0x10",
                "+0x10",
                "f+0xffffffffffffffff",
                "f@a b"
            })
    void refused(String text) {
        Failure failure = assertThrows(Failure.class, () -> Location.parse(text));
        assertEquals(Reason.BAD_REQUEST, failure.reason());
        assertTrue(failure.hint().length() > 10);
    }

    @Test
    void tooLong() {
        assertThrows(Failure.class, () -> Location.parse("x".repeat(Location.MAX_LENGTH + 1)));
    }

    @Test
    void filters() {
        assertEquals(new SymbolFilter(SymbolFilter.Form.PART, "", "", Scope.ANY), SymbolFilter.parse(""));
        assertEquals(
                new SymbolFilter(SymbolFilter.Form.PART, "mall", "libc.so.6", Scope.ANY),
                SymbolFilter.parse("mall@libc.so.6"));
        assertEquals(new SymbolFilter(SymbolFilter.Form.GLOB, "mem*", "", Scope.ANY), SymbolFilter.parse("mem*"));
        assertEquals(
                new SymbolFilter(SymbolFilter.Form.GLOB, "*", "libc.so.6", Scope.ANY),
                SymbolFilter.parse("@libc.so.6"));
        assertEquals(new SymbolFilter(SymbolFilter.Form.REGEX, "^x", "", Scope.ANY), SymbolFilter.parse("/^x/"));
        assertThrows(Failure.class, () -> SymbolFilter.parse("0x10"));
    }
}
