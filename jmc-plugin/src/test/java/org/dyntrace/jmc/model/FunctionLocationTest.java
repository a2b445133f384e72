package org.dyntrace.jmc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dyntrace.mbeans.SymbolInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionLocationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "callee | callee | story | 5577 | callee@story",
                "ns::K<int*>::f(char*) | _ZN2ns1KIPiE1fEPc | libx.so.1 | 5577 | ns::K<int*>::f(char*)@libx.so.1",
                "memcpy@GLIBC_2.2.5 | memcpy@GLIBC_2.2.5 | libc.so.6 | 5577 | 0x5577",
                "odd*name | odd*name | story | 5577 | 0x5577",
                "name+0x10 | name+0x10 | story | 5577 | 0x5577",
                "p.C.m(int) | p.C.m(int) | app | 4a00000100000002 | p.C.m(int)",
                "p.C$D.<init>() | p.C$D.<init>() | app | 4a00000100000002 | p.C$D.<init>()",
                "p.C.m(java.lang.String[],long) | p.C.m | app | 4a00000100000002 | p.C.m(java.lang.String[],long)",
            })
    void isWhatPeopleReadWhereThatIsTheSame(
            String name, String linkName, String module, String address, String location) {
        SymbolInfo function = new SymbolInfo(name, linkName, module, Long.parseUnsignedLong(address, 16), 1);
        assertEquals(location, FunctionLocation.of(function));
    }
}
