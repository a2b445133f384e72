package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random addresses of running programs: a tracepoint there has as many hits as a debugger's single steps have counted, and the program
 * does what it did, or it is refused with a reason. {@code -Ddyntrace.addresses=10000} for the long run (scripts/soak).
 */
class RandomAddressTest {
    private static final int PROGRAMS = 4;
    private static final int ADDRESSES = Integer.getInteger("dyntrace.addresses", 200) / PROGRAMS;
    private static final long SEED = Long.getLong("dyntrace.seed", System.nanoTime());
    /** One in so many is any byte of the code, mostly none that is executed, often none where an instruction begins. */
    private static final int ANY = 5;
    /** What differs from run to run can't be compared. */
    private static final int STEPPED_RUNS = 2;

    /** Until an interpreter has its caches. */
    private static final int WARM = 30;

    private static final String PYTHON = """
            import sys, gc, json, re
            gc.disable()
            def job(n):
                d = {str(i): i * i for i in range(n)}
                s = json.dumps(d)[:40] + '%.3f' % (n / 7) + re.sub('(a+)b', r'<\\1>', 'aaabab')
                try: [][n]
                except IndexError: s += 'caught'
                return s + str(sorted(d.values(), reverse=True)[0]) + str(hash((n, 2.5)))
            print('ready', flush=True)
            for line in iter(sys.stdin.readline, ''):
                print('done', job(int(line)), flush=True)
            """;
    private static final String BASH = """
            echo ready
            job() { local i s=; for ((i = 0; i < $1; i++)); do a[i]=$((i * i % 7)); s+=${a[i]}; done
                case $s in 01*) s=${s//4/x};; esac; printf 'done %05d %s %s\\n' $1 $s ${#s}; }
            while read -r line; do job $line; done
            """;
    private static final String PERL = """
            $| = 1; print "ready\\n";
            while (<STDIN>) {
                my %h = map { $_ => $_ * 3 } 1 .. $_; my $s = join ',', sort { $a <=> $b } values %h;
                $s =~ s/(\\d)2/<$1>/g; my @l = unpack 'C*', pack 'N*', 1 .. 5; eval { die "caught\\n" }; printf "done %s %.3f %d %s", $s, $_ / 7, scalar @l, $@;
            }
            """;
    private static final String SQL = "with recursive c(x) as (values(1) union all select x + 1 from c where x < 2)"
            + " select 'do' || 'ne', max(hex(x * x)), printf('%.2f', sum(x) / 7.0) from c;";

    private static final Pattern CODE =
            Pattern.compile("(?m)^(\\p{XDigit}+)-(\\p{XDigit}+) r-xp \\p{XDigit}+ \\S+ [1-9]\\d* +(/.*)$");

    static Stream<Arguments> programs() {
        return Stream.of(
                Arguments.of("python3", "8", List.of("/usr/bin/python3", "-S", "-c", PYTHON)),
                Arguments.of("bash", "2", List.of("/bin/bash", "--norc", "--noprofile", "-c", BASH)),
                Arguments.of("perl", "6", List.of("/usr/bin/perl", "-e", PERL)),
                Arguments.of("sqlite3", SQL, List.of("/usr/bin/sqlite3", "-batch", "-init", "/dev/null")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void isRightOrRefused(String name, String job, List<String> command) {
        Map<String, String> environment = Map.of("PYTHONHASHSEED", "0", "PERL_HASH_SEED", "0", "LC_ALL", "C");
        try (Installation dyntrace = Installation.start();
                Program program = Program.start(environment, command.toArray())) {
            String right = run(program, job);
            for (int i = 0; i < WARM; i++) {
                assertEquals(right, run(program, job));
            }
            long T = System.nanoTime();
            Map<Long, Long> executed = executed(program, job);
            assertTrue(executed.size() > 3000, () -> executed.size() + " instructions");
            dyntrace.attach(program);
            try (DaemonConnection daemon =
                    DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
                ProcessMXBean process = daemon.process(program.pid());
                Random random = new Random(SEED);
                List<Long> addresses = new ArrayList<>(executed.keySet());
                Collections.shuffle(addresses, random);
                Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
                int hit = 0;
                int drifted = 0;
                for (int i = 0; i < ADDRESSES; i++) {
                    long address = i % ANY == 0 ? anyByte(program, random) : addresses.get(i % addresses.size());
                    String location = "0x" + Long.toHexString(address);
                    String which = location + " of " + name + ", seed " + SEED;
                    try {
                        process.add(location, false, "one", "count", List.of());
                    } catch (IllegalStateException e) {
                        Reason reason = Failure.fromWire(e)
                                .map(Failure::reason)
                                .orElseThrow(() -> new AssertionError(which, e));
                        refused.merge(reason, 1, Integer::sum);
                        continue;
                    }
                    long hits = hitsOf(run(program, job), right, process, which);
                    long expected = executed.getOrDefault(address, 0L);
                    if (hits != expected) {
                        // The program may have changed its ways in the meantime: its caches, its heap.
                        process.remove("one");
                        long now = executed(program, job).getOrDefault(address, -1L);
                        process.add(location, false, "one", "count", List.of());
                        long again = hitsOf(run(program, job), right, process, which);
                        assertTrue(
                                again == now || now != expected,
                                () -> which + ": " + expected + " and " + now + " stepped, " + again + " hits");
                        drifted++;
                    }
                    hit += hits > 0 ? 1 : 0;
                    process.remove("one");
                }
                System.out.printf(
                        "random addresses of %s, seed %d: %d, %d of them hit, %d no more as often as before, refused %s%n",
                        name, SEED, ADDRESSES, hit, drifted, refused);
                assertTrue(drifted < Math.max(5, ADDRESSES / 20), drifted + " of another number than at first");
                assertEquals(right, run(program, job));
                assertTrue(hit > ADDRESSES / 2, "hit " + hit + ", refused " + refused);
            }
            ProgramText.assertAsInFiles(program);
        }
    }

    private static long hitsOf(String said, String right, ProcessMXBean process, String which) {
        assertEquals(right, said, which);
        return process.listTracepoints().stream()
                .mapToLong(TracepointInfo::getHits)
                .sum();
    }

    /** {@return what the program says to a line, when it waits for the next one} */
    private static String run(Program program, String job) {
        awaitRead(program);
        int before = program.output().length();
        program.send(job);
        Waiting.until(60, () -> "done: " + program.output(), () -> {
            assertTrue(program.isAlive(), program::output);
            return program.output().indexOf("done", before) >= 0;
        });
        awaitRead(program);
        return program.output().substring(before);
    }

    private static void awaitRead(Program program) {
        Path call = Path.of("/proc/" + program.pid() + "/syscall");
        Waiting.until(
                20,
                () -> "at read: " + Waiting.text(call),
                () -> Waiting.text(call).startsWith("0 0x0 "));
    }

    /** {@return how often each instruction is executed by a run, those left out that differ from run to run} */
    private static Map<Long, Long> executed(Program program, String job) {
        Map<Long, Long> all = stepped(program, job);
        for (int i = 1; i < STEPPED_RUNS; i++) {
            Map<Long, Long> again = stepped(program, job);
            all.entrySet().removeIf(entry -> !entry.getValue().equals(again.get(entry.getKey())));
        }
        return all;
    }

    private static Map<Long, Long> stepped(Program program, String job) {
        List<Object> command = new ArrayList<>(List.of(Program.compile("step_counts"), program.pid()));
        Matcher code = code(program);
        while (code.find()) {
            command.add(code.group(1) + "-" + code.group(2));
        }
        try (Program stepper = Program.start(command.toArray())) {
            stepper.await("ready");
            program.send(job);
            assertEquals(0, stepper.awaitExit(), stepper::output);
            Map<Long, Long> counts = new TreeMap<>();
            stepper.output().lines().skip(1).forEach(line -> {
                String[] words = line.split(" ");
                counts.put(Long.parseLong(words[0], 16), Long.parseLong(words[1]));
            });
            return counts;
        }
    }

    private static long anyByte(Program program, Random random) {
        List<long[]> ranges = new ArrayList<>();
        Matcher code = code(program);
        while (code.find()) {
            if (!code.group(3).contains("dyntrace")) {
                ranges.add(new long[] {Long.parseLong(code.group(1), 16), Long.parseLong(code.group(2), 16)});
            }
        }
        long[] range = ranges.get(random.nextInt(ranges.size()));
        return range[0] + random.nextInt((int) (range[1] - range[0]));
    }

    private static Matcher code(Program program) {
        try {
            return CODE.matcher(Files.readString(Path.of("/proc/" + program.pid() + "/maps")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
