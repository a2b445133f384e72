package org.dyntrace.jfrbridge.event;

import java.util.List;

/** What an event is. */
public final class EventType {
    /** Where an event was recorded. */
    public enum Origin {
        /** An LTTng trace. */
        LTTNG,
        /** A JFR recording. */
        JFR
    }

    /** What dyntrace's own events say; all others are {@link #OTHER}. */
    public enum Kind {
        /** A point tracepoint was hit. */
        HIT,
        /** A function was entered. */
        ENTRY,
        /** A function was left. */
        EXIT,
        /** A call, from entry to exit, as JFR has it. */
        CALL,
        /** The name of a tracepoint. */
        INFO,
        /** Not dyntrace's. */
        OTHER
    }

    private static final String PROVIDER = "dyntrace_lttng:";

    private final Origin origin;
    private final String name;
    private final List<String> fields;
    private final Kind kind;
    private final int address;

    /**
     * A type.
     *
     * @param origin where its events are recorded
     * @param name such as {@code dyntrace_lttng:function_entry} or {@code jdk.GarbageCollection}
     * @param fields the names of its values, in their order
     */
    public EventType(Origin origin, String name, List<String> fields) {
        this.origin = origin;
        this.name = name;
        this.fields = List.copyOf(fields);
        this.address = fields.indexOf("address");
        this.kind = address < 0 ? Kind.OTHER : kind(name);
    }

    private static Kind kind(String name) {
        return switch (name) {
            case PROVIDER + "tracepoint_hit", "dyntrace.TracepointHit" -> Kind.HIT;
            case PROVIDER + "function_entry" -> Kind.ENTRY;
            case PROVIDER + "function_exit" -> Kind.EXIT;
            case PROVIDER + "tracepoint_info" -> Kind.INFO;
            case "dyntrace.FunctionCall" -> Kind.CALL;
            default -> Kind.OTHER;
        };
    }

    /** {@return where its events are recorded} */
    public Origin origin() {
        return origin;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return the names of its values} */
    public List<String> fields() {
        return fields;
    }

    /** {@return what it says, if it is dyntrace's} */
    public Kind kind() {
        return kind;
    }

    /** {@return which of its values is the address of a tracepoint; negative if none is} */
    public int addressField() {
        return address;
    }
}
