package org.dyntrace.jfrbridge.event;

/** One event of a recording. Its values stay packed until somebody asks for them. */
public final class Event {
    /** For what is not known: a process, a thread, a processor. */
    public static final int UNKNOWN = -1;

    private final EventType type;
    private final long time;
    private final long duration;
    private final int pid;
    private final int tid;
    private final int cpu;
    private final byte[] bytes;
    private final int from;
    private Place place;

    /**
     * An event.
     *
     * @param type what it is
     * @param time when it began, in ns since 1970
     * @param duration how long it took, in ns; 0 for instants
     * @param pid its process, or {@link #UNKNOWN}
     * @param tid its thread, as the kernel numbers it, or {@link #UNKNOWN}
     * @param cpu its processor, or {@link #UNKNOWN}
     * @param bytes where its values are packed; not changed any more
     * @param from where they begin there
     */
    public Event(EventType type, long time, long duration, int pid, int tid, int cpu, byte[] bytes, int from) {
        this.type = type;
        this.time = time;
        this.duration = duration;
        this.pid = pid;
        this.tid = tid;
        this.cpu = cpu;
        this.bytes = bytes;
        this.from = from;
    }

    /** {@return what it is} */
    public EventType type() {
        return type;
    }

    /** {@return when it began, in ns since 1970} */
    public long time() {
        return time;
    }

    /** {@return how long it took, in ns} */
    public long duration() {
        return duration;
    }

    /** {@return its process, or {@link #UNKNOWN}} */
    public int pid() {
        return pid;
    }

    /** {@return its thread, as the kernel numbers it, or {@link #UNKNOWN}} */
    public int tid() {
        return tid;
    }

    /** {@return its processor, or {@link #UNKNOWN}} */
    public int cpu() {
        return cpu;
    }

    /** {@return where its values are packed} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return where its values begin} */
    public int from() {
        return from;
    }

    /** {@return the address of its tracepoint; 0 if it has none} */
    public long address() {
        return type.addressField() < 0 ? 0 : Values.number(bytes, Values.skip(bytes, from, type.addressField()));
    }

    /**
     * {@return one of its values: a Long, Double, Boolean, String, List or Map; null if there is none}
     *
     * @param field its name
     */
    public Object value(String field) {
        int index = type.fields().indexOf(field);
        return index < 0 ? null : Values.unpack(bytes, Values.skip(bytes, from, index));
    }

    /**
     * {@return one of its values as text; empty if there is none}
     *
     * @param field its name
     */
    public String text(String field) {
        Object value = value(field);
        return value == null ? "" : value.toString();
    }

    /** {@return where its tracepoint is, or null while nobody has told} */
    public Place place() {
        return place;
    }

    /**
     * Tells where its tracepoint is.
     *
     * @param where the place
     */
    public void place(Place where) {
        place = where;
    }
}
