package org.dyntrace.daemon.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f(int) | f",
                "ns::f(int (*)(char), A<B(int)>) const | ns::f",
                "void ns::f<A<int> >(int) | ns::f<A<int> >",
                "A::operator()(int) const | A::operator()",
                "A::operator int() const | A::operator int",
                "bool operator< <int>(A<int>) | operator< <int>",
                "operator new(unsigned long) | operator new",
                "(anonymous namespace)::f(int) | (anonymous namespace)::f",
                "f(int)::{lambda(char)#1}::operator()(char) const | f(int)::{lambda(char)#1}::operator()",
                "f(int) [clone .cold] | f [clone .cold]",
                "vtable for A | vtable for A",
                "A::f() & | A::f",
            })
    void withoutParameters(String demangled, String expected) {
        assertEquals(expected, Names.withoutParameters(demangled));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "core::fmt::write::h0123456789abcdef | core::fmt::write",
                "_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$::fmt::h0123456789abcdef"
                        + " | <alloc::string::String as core::fmt::Display>::fmt",
                "f(int) | f(int)",
            })
    void readable(String demangled, String expected) {
        assertEquals(expected, Names.readable(demangled));
    }

    @Test
    void mangledPart() {
        assertEquals("1f", Names.mangledPart("ns::f"));
        assertEquals("1f", Names.mangledPart("ns::f(int)"));
        assertEquals("5twice", Names.mangledPart("ns::twice<A<int> >"));
        assertEquals("1K", Names.mangledPart("ns::K::~K"));
        assertEquals("", Names.mangledPart("A::operator+"));
        assertEquals("", Names.mangledPart("std::string::string"));
    }
}
