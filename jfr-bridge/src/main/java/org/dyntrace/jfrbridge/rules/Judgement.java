package org.dyntrace.jfrbridge.rules;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How recordings are judged: the same in JMC and in reports. */
public enum Judgement {
    /** A tracepoint is hit very often. */
    HOT_TRACEPOINT("dyntrace.HotTracepoint", "Hot Tracepoint") {
        @Override
        public Verdict of(Facts facts) {
            // 10,000 a second: 25, 100,000: 50, a million: 75.
            return worst(
                    facts,
                    t -> 25 * Math.log10(t.times() / facts.seconds() / 1000),
                    (t, score) -> verdict(
                            score,
                            t.name() + " is hit " + number(Math.round(t.times() / facts.seconds()))
                                    + " times a second.",
                            "Each hit that is recorded takes about 0.1 us and 20 to 50 bytes: at such a rate the tracepoint is a part of"
                                    + " what it measures, and buffers overflow.",
                            "Put the tracepoint on a caller that is called less often, or take the tracer count for "
                                    + t.function() + ", which takes some ns."));
        }
    },
    /** A few calls take very much longer than most. */
    LONG_TAIL("dyntrace.LongTail", "Long Tail") {
        private static final long TAIL_CALLS = 1000;
        private static final long TAIL_NANOS = 1_000_000;
        private static final long TAIL_RATIO = 20;
        private static final double TAIL_SHARE = 0.1;

        @Override
        public Verdict of(Facts facts) {
            // One in a hundred 100 times as long as the median: 50, 1000 times: 75.
            return worst(
                    facts,
                    t -> hasLongTail(t) ? 25 * Math.log10((double) t.p99() / Math.max(1, t.p50())) : 0,
                    (t, score) -> verdict(
                            score,
                            "Half of the calls of " + t.function() + " take " + time(t.p50())
                                    + " or less, one in a hundred " + time(t.p99()) + " or more, the longest "
                                    + time(t.max()) + ".",
                            "Who waits for these calls waits for the slow ones. They usually wait for something: a lock, the garbage"
                                    + " collector, the kernel.",
                            "Look at what coincided with the slowest calls ('dyntrace report') and around them on the timeline"
                                    + " ('dyntrace timeline --format html')."));
        }

        /**
         * With fewer calls the p99 rests on less than ten of them. On any machine a thread now and then loses its processor for some hundred us,
         * and the shortest functions have the largest ratios by that: a tail is one that a person could notice, and in which the function
         * spends much of its time.
         */
        private static boolean hasLongTail(TracepointFacts t) {
            return t.calls() >= TAIL_CALLS
                    && t.p99() >= TAIL_NANOS
                    && t.p99() >= TAIL_RATIO * t.p50()
                    && t.calls() / 100.0 * t.p99() >= TAIL_SHARE * t.total();
        }
    },
    /** Entries have no exit. */
    EXITS_MISSING("dyntrace.ExitsMissing", "Exits Missing") {
        @Override
        public Verdict of(Facts facts) {
            // A hundredth: 25; a tenth: 100.
            return worst(
                    facts,
                    t -> t.exitsMissing() == 0 ? 0 : Math.max(25, 1000.0 * t.exitsMissing() / Math.max(1, t.entries())),
                    (t, score) -> verdict(
                            score,
                            number(t.exitsMissing()) + " of " + number(t.entries()) + " entries of " + t.function()
                                    + " have no exit in the recording.",
                            "Every entry that dyntrace records gets an exit. When it is not there, LTTng had no room for it, a file is"
                                    + " damaged, or the tracepoint was removed meanwhile: durations are those of the other calls.",
                            "Record with larger buffers (lttng enable-channel --subbuf-size, --num-subbuf), or fewer events."));
        }
    },
    /** Recording takes a large part of a thread's time. */
    OVERHEAD("dyntrace.Overhead", "Tracing Overhead") {
        private static final double EVENT = 100e-9;

        @Override
        public Verdict of(Facts facts) {
            // 2.5 % of a thread: 25, 7.5 %: 75.
            return worst(
                    facts,
                    t -> 1000 * t.busiestEvents() * EVENT / facts.seconds(),
                    (t, score) -> verdict(
                            score,
                            "The events of " + t.name() + " took about "
                                    + String.format(
                                            Locale.ROOT, "%.1f", 100 * t.busiestEvents() * EVENT / facts.seconds())
                                    + " % of a thread's time.",
                            "An event is taken for 0.1 us. The program is slower by that, and durations of callers are longer by it.",
                            "Trace less: another function, or entry and exit only where durations are needed. The tracer count costs a"
                                    + " few ns."));
        }
    },
    /** A tracepoint is hit while the JVM stands still for its garbage collector. */
    HITS_DURING_GC("dyntrace.HitsDuringGc", "Hits During Garbage Collection") {
        private static final int FEW = 10;

        @Override
        public Verdict of(Facts facts) {
            double share = (double) facts.paused() / Math.max(1, facts.nanos());
            // More than twice what chance would do.
            return worst(
                    facts,
                    t -> t.duringGc() < FEW || t.duringGc() < 2 * share * t.times()
                            ? 0
                            : Math.max(25, 100.0 * t.duringGc() / t.times()),
                    (t, score) -> verdict(
                            score,
                            number(t.duringGc()) + " of " + number(t.times()) + " hits of " + t.name()
                                    + " were during GC pauses, which were "
                                    + String.format(Locale.ROOT, "%.2f", 100 * share) + " % of the time.",
                            "The function is called by the garbage collector itself, or by threads that go on while Java stands still."
                                    + " Its durations then say something about the collector, not about the program.",
                            "Tell the calls apart by thread; if the collector's are not wanted, trace a caller in the program. If"
                                    + " pauses are too long, look at JMC's rules about garbage collection."));
        }
    };

    private final String id;
    private final String title;

    Judgement(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** {@return its name for scripts and JMC's settings} */
    public String id() {
        return id;
    }

    /** {@return its name for people} */
    public String title() {
        return title;
    }

    /**
     * Judges.
     *
     * @param facts of a recording
     * @return what there is to say
     */
    public abstract Verdict of(Facts facts);

    Verdict worst(Facts facts, ToDoubleFunction<TracepointFacts> score, Words words) {
        return facts.tracepoints().stream()
                .max(Comparator.comparingDouble(score))
                .filter(t -> score.applyAsDouble(t) >= 10)
                .map(t -> words.about(t, Math.min(100, score.applyAsDouble(t))))
                .orElseGet(() -> verdict(0, "Nothing to see.", "", ""));
    }

    Verdict verdict(double score, String summary, String explanation, String solution) {
        return new Verdict(this, score, summary, explanation, solution);
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String time(long nanos) {
        return nanos < 10_000 ? nanos + " ns" : nanos < 10_000_000 ? nanos / 1000 + " us" : nanos / 1_000_000 + " ms";
    }

    /** What is said about the tracepoint that stands out. */
    interface Words {
        Verdict about(TracepointFacts tracepoint, double score);
    }
}
