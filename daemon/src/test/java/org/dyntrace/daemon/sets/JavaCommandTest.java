package org.dyntrace.daemon.sets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCommandTest {
    @ParameterizedTest
    @CsvSource({
        "java Main, Main",
        "java -Xmx1g -cp a:b org.example.Main x y, org.example.Main",
        "java --class-path a org/example/Main, org.example.Main",
        "java -jar /opt/app/server.jar -jar other.jar, server.jar",
        "java -p mods -m org.example/org.example.Main --flag, org.example/org.example.Main",
        "java --module=a/b.C, a/b.C",
        "java --add-opens java.base/java.lang=ALL-UNNAMED -ea Main, Main",
        "java --add-opens=java.base/java.lang=ALL-UNNAMED Main, Main",
        "java @arguments Main, Main",
        "java dir/Hello.java, Hello.java",
        "java -version, ",
        "java -jar, ",
        "java, ",
    })
    void findsWhatRuns(String command, String main) {
        assertEquals(
                main == null ? "" : main,
                JavaCommand.main(Arrays.asList(command.split(" "))).orElse(""));
    }
}
