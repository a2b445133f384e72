package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Python's own tests give the same results with a tracepoint on every function of python3 and of all its libraries, and with entry
 * and exit of each. {@code -Ddyntrace.python=all} for some dozen modules (scripts/soak).
 */
class PythonSuiteTest {
    private static final String QUICK =
            "test_int test_struct test_exceptions test_functools test_json test_coroutines test_gc";
    private static final String DOZENS =
            "test_int test_float test_dict test_list test_set test_re test_json test_struct test_zlib"
                    + " test_hashlib test_math test_decimal test_string test_bytes test_unicode test_exceptions test_generators"
                    + " test_coroutines test_queue test_subprocess test_signal test_ctypes test_datetime test_random"
                    + " test_heapq test_itertools test_functools test_collections test_pickle test_copy test_fileio test_os test_posix"
                    + " test_select test_sqlite3 test_gc test_weakref test_thread test_threading";
    private static final String MODULES =
            System.getProperty("dyntrace.python", "").equals("all") ? DOZENS : QUICK;

    private static final String RUNNER = """
            import sys
            print('ready', flush=True)
            sys.stdin.readline()
            from test.libregrtest.main import main
            main()
            """;
    /** What is the same each time: of each module the numbers of tests run, failed and skipped; then which modules failed. */
    private static final Pattern RESULT = Pattern.compile(
            "(?m)^(Ran \\d+ tests?\\b|OK\\b.*|FAILED\\b.*|\\d+ tests? (failed|skipped|OK).*(?:\\R +.*)*|All .*)");

    /** Of python3 and what it has loaded at first. */
    private static final int FUNCTIONS = 5000;

    @Test
    void theResultsAreTheSame() {
        List<String> untraced = results();
        assertTrue(untraced.size() > MODULES.split(" ").length, untraced::toString);
        assertEquals(untraced, results("count"));
        assertEquals(untraced, results("-e", "count"));
    }

    private static List<String> results(String... tracer) {
        try (Installation dyntrace = Installation.start();
                Program python = Program.start(Map.of(), command())) {
            python.await("ready");
            if (tracer.length > 0) {
                dyntrace.attach(python);
                List<Object> words = new ArrayList<>(List.of("add", python.pid() + ":*", "-n", "all"));
                words.addAll(List.of(tracer));
                dyntrace.ok(words.toArray());
                String all = dyntrace.ok("list-tracepoints", "-a", python.pid());
                assertTrue(all.lines().filter(line -> line.endsWith(" placed")).count() > FUNCTIONS);
            }
            python.send("");
            int end = python.awaitExit();
            List<String> results = new ArrayList<>(List.of("exit " + end));
            RESULT.matcher(python.output()).results().map(MatchResult::group).forEach(results::add);
            return results;
        }
    }

    private static Object[] command() {
        List<Object> words = new ArrayList<>(List.of("/usr/bin/python3", "-c", RUNNER, "-v"));
        words.addAll(List.of(MODULES.split(" ")));
        return words.toArray();
    }
}
