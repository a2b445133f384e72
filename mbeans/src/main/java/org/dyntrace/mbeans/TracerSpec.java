package org.dyntrace.mbeans;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What to do on a hit: the one grammar of tracers, {@code (log [file] | lttng | jfr | count) [--jfr]}.
 *
 * @param tracer which tracer
 * @param arguments its arguments without {@code --jfr}, already checked
 * @param jfr whether each hit is a JFR event as well; true for the tracer jfr
 */
public record TracerSpec(Tracer tracer, List<String> arguments, boolean jfr) {
    /** The option that any tracer takes. */
    public static final String JFR = "--jfr";

    /** The tracers there are. */
    public enum Tracer {
        /** Writes a line a hit to a file, or to the traced program's stdout. */
        LOG("log [file]", 1),
        /** Emits LTTng-UST events of the provider dyntrace_lttng. */
        LTTNG("lttng", 0),
        /** Emits the JFR events dyntrace.TracepointHit and dyntrace.FunctionCall; in JVMs only. */
        JFR("jfr", 0),
        /** Only counts. */
        COUNT("count", 0);

        private final String usage;
        private final int maxArguments;

        Tracer(String usage, int maxArguments) {
            this.usage = usage;
            this.maxArguments = maxArguments;
        }

        /** {@return the word that names it in commands and listings} */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** {@return how it is written with its arguments} */
        public String usage() {
            return usage;
        }
    }

    /** Copies the list. */
    public TracerSpec {
        arguments = List.copyOf(arguments);
    }

    /**
     * Reads a tracer and its arguments.
     *
     * @param name the tracer's word
     * @param words what followed it
     * @return the tracer
     * @throws Failure NO_SUCH_TRACER for an unknown word, BAD_REQUEST for arguments that it does not take
     */
    public static TracerSpec parse(String name, List<String> words) {
        Tracer tracer = Arrays.stream(Tracer.values())
                .filter(known -> known.word().equals(name))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        Reason.NO_SUCH_TRACER,
                        "No tracer is called '" + name + "'.",
                        "Known tracers: " + known() + "."));
        List<String> own = words.stream().filter(word -> !word.equals(JFR)).toList();
        if (own.size() > tracer.maxArguments && !own.get(tracer.maxArguments).startsWith("-")) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "The tracer " + tracer.word() + " does not take '" + own.get(tracer.maxArguments) + "'.",
                    "It is written: " + tracer.usage() + ".");
        }
        for (String argument : own) {
            if (argument.startsWith("-")) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        "The tracer " + tracer.word() + " has no option '" + argument + "'.",
                        "It is written: " + tracer.usage() + ". A file of that name can be given as './" + argument
                                + "'.");
            }
        }
        TracerSpec spec = new TracerSpec(tracer, own, tracer == Tracer.JFR || words.contains(JFR));
        spec.logFile();
        return spec;
    }

    /** {@return all tracers with their arguments, for people} */
    public static String known() {
        return Arrays.stream(Tracer.values()).map(Tracer::usage).collect(Collectors.joining(", "));
    }

    /** {@return the file of a log tracer; nothing for the traced program's stdout and for other tracers} */
    public Optional<Path> logFile() {
        if (tracer != Tracer.LOG || arguments.isEmpty()) {
            return Optional.empty();
        }
        String file = arguments.get(0);
        try {
            if (!file.isEmpty()) {
                return Optional.of(Path.of(file));
            }
        } catch (InvalidPathException e) {
            // reported below
        }
        throw new Failure(
                Reason.BAD_REQUEST,
                "'" + file + "' is no file name.",
                "Give a path, or none for the program's stdout.");
    }

    /**
     * The same tracer with an absolute log file: the daemon's working directory means nothing to who asks.
     *
     * @param directory the working directory of who asks, absolute
     * @return the tracer with its file resolved against the directory
     */
    public TracerSpec in(Path directory) {
        return logFile()
                .map(file ->
                        new TracerSpec(tracer, List.of(directory.resolve(file).toString()), jfr))
                .orElse(this);
    }

    /** {@return what follows the tracer's word, so that {@link #parse} reads the same again} */
    public List<String> words() {
        return jfr && tracer != Tracer.JFR
                ? Stream.concat(arguments.stream(), Stream.of(JFR)).toList()
                : arguments;
    }

    @Override
    public String toString() {
        return words().isEmpty() ? tracer.word() : tracer.word() + " " + String.join(" ", words());
    }
}
