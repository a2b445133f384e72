package org.dyntrace.daemon.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.dyntrace.daemon.elf.CodeRange;
import org.dyntrace.daemon.elf.Module;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The strongest test of planner and codec there is: in real programs, every place that the planner accepts gets its jump, all at
 * once, in all modules; then the program must do what it does unpatched.
 */
class EverythingPatchedTest {
    private static final String BASH =
            "for i in {1..300}; do a[$i]=$((i*i)); s=\"${s}${a[$i]:0:2}\"; done; f() { local n=$1; ((n>0)) && f $((n-1)); echo $n; };"
                    + " f 20 | sort -n | tail -3; case $s in 1*) echo yes;; esac; printf '%05d %x %s\\n' 42 255 \"${s//9/n}\";"
                    + " x=$(echo sub; (exit 3)); echo $? $x; declare -A m; m[k]=v; echo ${m[@]}; read -r y <<< here; echo $y;"
                    + " trap 'echo int' USR1; kill -USR1 $$; echo {a..e}{1..3}; [[ abc =~ b(.) ]] && echo ${BASH_REMATCH[1]}";
    private static final String PYTHON = "import re, json, math, zlib, sqlite3, threading, decimal\n"
            + "print(sum(i*i for i in range(20000)), re.sub(r'(\\w+)', r'<\\1>', 'some text here'))\n"
            + "print(json.dumps({'a': [1, 2.5, None, True], 'b': {'c': 'x'*20}}, sort_keys=True), math.sin(1))\n"
            + "print(zlib.crc32(b'abc'*1000), zlib.decompress(zlib.compress(b'hello'*100))[:10])\n"
            + "def f(n): return 1 if n == 0 else n*f(n-1)\n"
            + "print(f(200) % 1000007, decimal.Decimal(2).sqrt())\n"
            + "try:\n  [][1]\nexcept IndexError as e: print(e)\n"
            + "c = sqlite3.connect(':memory:')\n"
            + "c.execute('create table t(a, b)')\n"
            + "c.executemany('insert into t values(?, ?)', [(i, str(i*7)) for i in range(500)])\n"
            + "print(c.execute('select sum(a), max(b), count(distinct b % 10) from t where a > 10').fetchall())\n"
            + "r = []\nts = [threading.Thread(target=lambda k=k: r.append(sum(range(k*1000)))) for k in range(8)]\n"
            + "[t.start() for t in ts]; [t.join() for t in ts]; print(sorted(r))\n"
            + "print(sorted('the quick brown fox'.split(), key=len), '%.3f %r' % (2/3, {1,2}))\n";
    private static final String PERL =
            "my %h; $h{$_ % 7} .= chr(65 + $_ % 26) for 1..500; print join(',', map {\"$_=$h{$_}\"} sort keys %h), \"\\n\";"
                    + " $_ = 'a1b22c333' x 20; my @n = /(\\d+)/g; print scalar(@n), \" @n[0..5]\\n\"; sub f { my $n = shift;"
                    + " $n < 2 ? $n : f($n-1) + f($n-2) } print f(15), \"\\n\"; eval { die \"x\\n\" }; print $@; printf '%.4f %s %e\\n',"
                    + " exp(1), pack('N', 258) eq \"\\0\\0\\1\\2\" ? 'ok' : 'no', 12345.678; print sprintf('%vd', '1.22.333'), \"\\n\";";
    private static final String SQL =
            "create table t(a integer primary key, b text); with recursive c(x) as (values(1) union all"
                    + " select x+1 from c where x<2000) insert into t select x, hex(x*x) from c; create index i on t(b); select count(*), max(b),"
                    + " sum(length(b)) from t where b like '3%'; select upper(substr(b,2,3)), printf('%08.3f', a/7.0) from t order by b limit 5;"
                    + " select json_extract('{\"a\":[1,2,{\"b\":3}]}', '$.a[2].b'); delete from t where a%3=0; select avg(a) from t;";

    /** Every so many bytes a place inside of functions; far enough apart that windows seldom overlap. */
    private static final int STEP = 23;

    private final Codec codec = Natives.codec();

    @TempDir
    Path folder;

    private static List<String> command(String program) {
        return switch (program) {
            case "bash" -> List.of("/bin/bash", "--norc", "-c", BASH);
            case "python" -> List.of("/usr/bin/python3", "-S", "-c", PYTHON);
            case "perl" -> List.of("/usr/bin/perl", "-e", PERL);
            default -> List.of("/usr/bin/sqlite3", ":memory:", SQL);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "bash,false",
        "python,false",
        "perl,false",
        "sqlite3,false",
        "bash,true",
        "python,true",
        "perl,true",
        "sqlite3,true"
    })
    void programDoesWhatItDid(String program, boolean insideToo) throws Exception {
        List<String> command = command(program);
        if (!Files.isExecutable(Path.of(command.get(0)))) {
            return;
        }
        Path expected = folder.resolve("expected");
        assertEquals(0, start(command, expected, Map.of()).waitFor());
        Path room = folder.resolve("room");
        Path output = folder.resolve("output");
        Process process = start(
                command,
                output,
                Map.of(
                        "LD_PRELOAD",
                        Natives.compile("codec_room.c", folder).toString(),
                        "CODEC_ROOM",
                        room.toString()));
        try {
            awaitStop(process);
            int patches = patchAll(process.pid(), Files.readString(room).split(" "), insideToo);
            assertTrue(patches > 3000, "only " + patches + " patches");
            new ProcessBuilder("kill", "-CONT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it hangs");
            assertEquals(Files.readString(expected), Files.readString(output));
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> command, Path output, Map<String, String> environment)
            throws IOException {
        List<String> fixed = new ArrayList<>(List.of("/usr/bin/setarch", "-R"));
        fixed.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(fixed)
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().put("PYTHONHASHSEED", "0");
        builder.environment().put("PERL_HASH_SEED", "0");
        if (!environment.isEmpty()) {
            // Not for setarch itself.
            fixed.addAll(2, List.of("/usr/bin/env"));
            environment.forEach((name, value) -> fixed.add(3, name + "=" + value));
            builder.command(fixed);
        }
        return builder.start();
    }

    private static void awaitStop(Process process) throws Exception {
        for (int i = 0; i < 500; i++) {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            if (stat.substring(stat.lastIndexOf(')')).startsWith(") T")) {
                return;
            }
            assertTrue(process.isAlive(), "it ended early");
            Thread.sleep(20);
        }
        throw new AssertionError("it doesn't stop");
    }

    private int patchAll(long pid, String[] room, boolean insideToo) throws IOException {
        ProcessId id = ProcessId.current((int) pid);
        SitePlanner planner = new SitePlanner(codec);
        long[] next = {parse(room[0]), parse(room[1])};
        long pc = programCounter(pid);
        PatchedCode patched = new PatchedCode();
        int done = 0;
        int islands = 0;
        Map<Reason, Integer> ledger = new EnumMap<>(Reason.class);
        int places = 0;
        long began = System.nanoTime();
        try (ProcessMemory memory = ProcessMemory.open(id)) {
            List<Module> modules = new ModuleCache(codec).symbolsOf(id).modules();
            for (Module module : modules) {
                // The code that called us is only interesting for its being able to go on.
                for (long place : places(module, insideToo)) {
                    long address = module.toProcess(place);
                    places++;
                    Planned planned = planner.plan(module, address, false, memory::read, patched);
                    if (planned instanceof Refusal refusal) {
                        ledger.merge(refusal.reason(), 1, Integer::sum);
                        continue;
                    }
                    SitePlan plan = (SitePlan) planned;
                    if (plan.windows().stream().anyMatch(window -> pc > window.start() && pc < window.end())) {
                        continue;
                    }
                    int area = Math.abs(next[0] - address) < 0x70000000L ? 0 : 1;
                    long[] copies = new long[2];
                    for (Window window : plan.windows()) {
                        copies[plan.windows().indexOf(window)] = next[area];
                        if (window.codeLength() > 0) {
                            byte[] moved = planner.relocate(window, next[area]).bytes();
                            memory.write(next[area], moved);
                            next[area] += moved.length;
                        }
                    }
                    List<byte[]> jumps = plan.jumps(copies[0], copies[1]);
                    for (int i = 0; i < jumps.size(); i++) {
                        memory.write(plan.windows().get(i).start(), jumps.get(i));
                    }
                    done++;
                    islands += jumps.size() - 1;
                    patched.add(plan);
                }
            }
        }
        System.out.printf(
                "%d of %d places patched (%.2f %%), %d by islands, refused: %s, %d ms%n",
                done, places, 100.0 * done / places, islands, ledger, (System.nanoTime() - began) / 1_000_000);
        return done;
    }

    private TreeSet<Long> places(Module module, boolean insideToo) {
        TreeSet<Long> places = new TreeSet<>();
        for (long landmark : module.file().landmarks()) {
            if (module.file().isEntry(landmark)) {
                places.add(landmark);
            }
        }
        if (insideToo) {
            for (CodeRange range : module.file().code()) {
                int next = 0;
                for (Instruction one : codec.decode(range.bytes(), range.address())) {
                    if (one.offset() >= next) {
                        places.add(range.address() + one.offset());
                        next = one.offset() + STEP;
                    }
                }
            }
        }
        return places;
    }

    private static long parse(String hex) {
        return Long.decode(hex);
    }

    private static long programCounter(long pid) throws IOException {
        String[] words = new String(Files.readAllBytes(Path.of("/proc/" + pid + "/syscall")), StandardCharsets.US_ASCII)
                .trim()
                .split(" ");
        return Long.decode(words[words.length - 1]);
    }
}
