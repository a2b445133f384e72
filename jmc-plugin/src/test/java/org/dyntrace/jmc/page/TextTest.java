package org.dyntrace.jmc.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void eachIsInTheFileAndNothingElse() throws Exception {
        Properties file = new Properties();
        try (InputStream in = TextTest.class.getResourceAsStream("texts.properties")) {
            file.load(in);
        }
        assertEquals(
                Arrays.stream(Text.values()).map(Enum::name).collect(Collectors.toCollection(TreeSet::new)),
                new TreeSet<>(file.stringPropertyNames()));
        assertEquals("One call of one function", Text.ALL.of(1, 1));
        assertEquals("2 calls of the 3 functions that are chosen", Text.SOME.of(2, 3));
        assertEquals("1 ms – 2 ms: one call, 50%", Text.BUCKET.of("1 ms", "2 ms", 1, "50%"));
    }
}
