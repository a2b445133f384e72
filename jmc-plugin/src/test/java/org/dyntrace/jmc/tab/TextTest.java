package org.dyntrace.jmc.tab;

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
        for (Text text : Text.values()) {
            text.of("one", "two", "three");
        }
        assertEquals("tp-0: placed in 3, missing in 1", Text.ADDED.of("tp-0", "3", "1"));
    }
}
