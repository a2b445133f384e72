package org.dyntrace.jfrbridge.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as javac's headers have them. */
class JniNameTest {
    @ParameterizedTest
    @CsvSource({
        "Java_java_util_zip_CRC32_update,java.util.zip.CRC32.update",
        "Java_Main_two_1words,Main.two_words",
        "Java_p_Main_over__ILjava_lang_String_2,p.Main.over",
        "Java_p_M_000e4t_caf_000e9,p.Mät.café",
    })
    void isReadBack(String symbol, String method) {
        assertEquals(Optional.of(method), JniName.method(symbol));
    }

    @Test
    void othersAreNone() {
        assertEquals(Optional.empty(), JniName.method("malloc"));
        assertEquals(Optional.empty(), JniName.method("Java_"));
        assertEquals(Optional.empty(), JniName.method("Java_main"));
    }
}
