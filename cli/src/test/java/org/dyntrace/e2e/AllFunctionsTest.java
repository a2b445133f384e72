package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real programs do what they do while each function of theirs, of all libraries, of libc and of the loader has a tracepoint. */
class AllFunctionsTest {
    private static final String CXX = """
            #include <algorithm>
            #include <iostream>
            #include <map>
            #include <regex>
            #include <stdexcept>
            #include <string>
            #include <vector>
            int main() {
                std::map<std::string, std::vector<int>> m;
                for (int i = 0; i < 100; i++) m[std::to_string(i % 7)].push_back(i);
                std::smatch s;
                std::string t = "xxabbbc";
                std::regex_search(t, s, std::regex("a(b+)c"));
                std::sort(m["1"].rbegin(), m["1"].rend());
                try { throw std::runtime_error("x"); } catch (const std::exception &e) { std::cout << e.what(); }
                std::cout << s[1] << m["1"][0] << std::endl;
            }
            """;
    private static final String PYTHON = """
            import re, json, math, zlib, threading, decimal, hashlib, subprocess
            print(sum(i*i for i in range(100000)), re.sub(r'(\\w+)', r'<\\1>', 'some text here'))
            print(json.dumps({'a': [1, 2.5, None, True], 'b': {'c': 'x'*20}}, sort_keys=True), math.sin(1))
            print(zlib.crc32(b'abc'*1000), hashlib.sha256(b'x'*100000).hexdigest())
            def f(n): return 1 if n == 0 else n*f(n-1)
            print(f(200) % 1000007, decimal.Decimal(2).sqrt())
            try: [][1]
            except IndexError as e: print(e)
            r = []
            ts = [threading.Thread(target=lambda k=k: r.append(sum(range(k*10000)))) for k in range(8)]
            [t.start() for t in ts]; [t.join() for t in ts]; print(sorted(r))
            print(subprocess.run(['echo', 'from a child'], capture_output=True).stdout)
            """;
    private static final String SQL = """
            create table t(a integer primary key, b text);
            with recursive c(x) as (values(1) union all select x+1 from c where x<100000)
            insert into t select x, hex(x*x) from c;
            create index i on t(b);
            select count(*), max(b), sum(length(b)) from t where b like '3%';
            select upper(substr(b,2,3)), printf('%08.3f', a/7.0) from t order by b limit 5;
            delete from t where a%3=0; select avg(a) from t;
            """;
    private static final String BASH = """
            for i in {1..300}; do a[$i]=$((i*i)); s="${s}${a[$i]:0:2}"; done
            f() { local n=$1; ((n>0)) && f $((n-1)); echo $n; }
            f 20 | sort -n | tail -3; case $s in 1*) echo yes;; esac; printf '%05d %x %s\\n' 42 255 "${s//9/n}"
            x=$(echo sub; (exit 3)); echo $? $x; declare -A m; m[k]=v; echo ${m[@]}; read -r y <<< here; echo $y
            trap 'echo int' USR1; kill -USR1 $$; echo {a..e}{1..3}; [[ abc =~ b(.) ]] && echo ${BASH_REMATCH[1]}
            """;

    /** Of any program with the C library. */
    private static final int FUNCTIONS = 3000;

    @TempDir
    private Path files;

    private static Installation dyntrace;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<Arguments> programs() throws IOException {
        String compiler = Shell.run("gcc", "-print-prog-name=cc1plus").ok().strip();
        byte[] binary = Files.readAllBytes(Path.of(compiler));
        byte[] some = Arrays.copyOf(binary, 3 << 20);
        List<Arguments> all = new ArrayList<>();
        for (String flag : new String[] {"", "-e"}) {
            all.add(Arguments.of(flag, text(CXX), List.of(compiler, "-quiet", "-O2", "-D_GNU_SOURCE", "-o", "-", "-")));
            all.add(Arguments.of(flag, text(PYTHON), List.of("/usr/bin/python3", "-")));
            all.add(Arguments.of(flag, text(BASH), List.of("/bin/bash", "--norc")));
            all.add(Arguments.of(flag, some, List.of("/usr/bin/xz", "-T2", "-c")));
            all.add(Arguments.of(flag, text(SQL), List.of("/usr/bin/sqlite3", ":memory:")));
            all.add(Arguments.of(
                    flag,
                    some,
                    List.of("/usr/bin/openssl", "enc", "-aes-128-cbc", "-K", "00".repeat(16), "-iv", "01".repeat(16))));
        }
        return all.stream();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void haveATracepointEach(String flag, byte[] input, List<String> command) throws IOException {
        assumeTrue(Files.isExecutable(Path.of(command.get(0))), command.get(0));
        Path untraced = files.resolve("untraced");
        Path traced = files.resolve("traced");
        try (Program program = start(command, untraced)) {
            feed(program, input);
            assertEquals(0, program.awaitExit());
        }
        try (Program program = start(command, traced)) {
            // Its beginning is over when it waits for its input, in read or poll.
            Waiting.until(
                    20,
                    () -> "it reads",
                    () -> Waiting.text(Path.of("/proc/" + program.pid() + "/syscall"))
                            .matches("(?s)(0 0x0|7) .*"));
            dyntrace.attach(program);
            List<Object> add = new ArrayList<>(List.of("add", program.pid() + ":*", "-n", "all"));
            if (!flag.isEmpty()) {
                add.add(flag);
            }
            add.add("count");
            dyntrace.ok(add.toArray());
            int placed =
                    dyntrace.ok("list-tracepoints", program.pid(), "--json").split("\"placed\"").length - 1;
            assertTrue(placed > FUNCTIONS, placed + " functions");
            feed(program, input);
            assertEquals(0, program.awaitExit());
        }
        byte[] expected = Files.readAllBytes(untraced);
        assertTrue(expected.length > 20, expected.length + " bytes of output");
        assertArrayEquals(expected, Files.readAllBytes(traced));
    }

    private static Program start(List<String> command, Path output) {
        List<Object> words = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >\"$0\" 2>&1", output));
        words.addAll(command);
        return Program.start(words.toArray());
    }

    private static void feed(Program program, byte[] input) throws IOException {
        try (OutputStream to = program.input()) {
            to.write(input);
        }
    }
}
