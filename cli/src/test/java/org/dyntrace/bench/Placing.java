package org.dyntrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;

/**
 * How long the MBean operations take that place and remove a tracepoint, and how long the program stands still meanwhile.
 *
 * <p>Arguments: the daemon's run directory, the number of rounds, bench_gaps, and the libraries that it shall load.
 */
final class Placing {
    /** Microseconds; the stops are the longest time in which no thread of the program ran. */
    private record Round(long places, long add, long addStop, long remove, long removeStop) {}

    private final ProcessMXBean process;
    private final PrintStream to;
    private final BufferedReader from;

    private Placing(ProcessMXBean process, PrintStream to, BufferedReader from) {
        this.process = process;
        this.to = to;
        this.from = from;
    }

    public static void main(String[] arguments) throws IOException {
        int rounds = Integer.parseInt(arguments[1]);
        Process program = new ProcessBuilder(List.of(arguments).subList(2, arguments.length))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader from = program.inputReader();
                PrintStream to = new PrintStream(program.getOutputStream(), true);
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(Path.of(arguments[0])), false))) {
            from.readLine();
            daemon.daemon().attach("" + program.pid());
            Placing placing = new Placing(daemon.process(program.pid()), to, from);
            // The first one has to read the libraries, too.
            Round first = placing.round("*");
            print("first of the daemon, and of these libraries", List.of(first));
            List<Round> all = new ArrayList<>();
            List<Round> some = new ArrayList<>();
            List<Round> one = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                all.add(placing.round("*"));
                some.add(placing.round("str*@libc.so.6"));
                one.add(placing.round("malloc@libc.so.6"));
            }
            print("median of " + rounds, one);
            print("median of " + rounds, some);
            print("median of " + rounds, all);
        } finally {
            program.destroyForcibly();
        }
    }

    private Round round(String location) throws IOException {
        gap();
        long began = System.nanoTime();
        long places = process.add(location, false, "bench", "count", List.of()).getPlaced();
        final long add = System.nanoTime() - began;
        final long addStop = gap();
        began = System.nanoTime();
        process.remove("bench");
        long remove = System.nanoTime() - began;
        return new Round(places, add / 1000, addStop, remove / 1000, gap());
    }

    /** {@return the longest gap since the last call} */
    private long gap() throws IOException {
        to.println();
        return Long.parseLong(from.readLine());
    }

    private static void print(String what, List<Round> rounds) {
        long places = rounds.get(0).places();
        System.out.printf(
                "%6d places: add %8.1f ms, %6.1f us a place, stopped %6.2f ms; rm %8.1f ms, %6.1f us a place, stopped %6.2f ms (%s)%n",
                places,
                median(rounds, Round::add) / 1e3,
                (double) median(rounds, Round::add) / places,
                median(rounds, Round::addStop) / 1e3,
                median(rounds, Round::remove) / 1e3,
                (double) median(rounds, Round::remove) / places,
                median(rounds, Round::removeStop) / 1e3,
                what);
    }

    private static long median(List<Round> rounds, ToLongFunction<Round> figure) {
        return rounds.stream().mapToLong(figure).sorted().toArray()[rounds.size() / 2];
    }
}
