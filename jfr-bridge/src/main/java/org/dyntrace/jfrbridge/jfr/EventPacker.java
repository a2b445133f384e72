package org.dyntrace.jfrbridge.jfr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.EventType;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedObject;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import org.dyntrace.jfrbridge.event.Packer;

/** Packs JFR's events, so that they can wait for their turn on disk. */
final class EventPacker {
    private static final int MAX_FRAMES = 16;
    private static final int MAX_ELEMENTS = 64;
    private static final double MAX_SECONDS = 9e9;

    private final Map<Long, Shape> shapes = new HashMap<>();
    private final List<org.dyntrace.jfrbridge.event.EventType> types = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Packer packer = new Packer();

    /** What of an event is packed, and how. */
    private record Shape(int type, List<ValueDescriptor> fields) {}

    /** An event's type as a number, and its values. */
    record Packed(int type, byte[] bytes) {}

    /** {@return the types that were met, by number} */
    org.dyntrace.jfrbridge.event.EventType type(int number) {
        return types.get(number);
    }

    /** To be called before another chunk: it numbers types anew. */
    void forget() {
        shapes.clear();
    }

    Packed pack(RecordedEvent event) {
        Shape shape = shapes.computeIfAbsent(event.getEventType().getId(), id -> shape(event.getEventType()));
        packer.clear();
        for (ValueDescriptor field : shape.fields) {
            value(event, field, 0);
        }
        return new Packed(shape.type, packer.toBytes());
    }

    private Shape shape(EventType type) {
        List<ValueDescriptor> fields = type.getFields().stream()
                .filter(f -> !f.getName().equals("startTime")
                        && !f.getName().equals("duration")
                        && !f.getName().equals("eventThread"))
                .toList();
        List<String> names = fields.stream().map(ValueDescriptor::getName).toList();
        int number = numbers.computeIfAbsent(type.getName() + names, key -> {
            types.add(new org.dyntrace.jfrbridge.event.EventType(
                    org.dyntrace.jfrbridge.event.EventType.Origin.JFR, type.getName(), names));
            return types.size() - 1;
        });
        return new Shape(number, fields);
    }

    private void value(RecordedObject from, ValueDescriptor field, int depth) {
        String name = field.getName();
        if (field.getAnnotation(Timestamp.class) != null) {
            Instant instant = from.getInstant(name);
            if (instant == null || instant.equals(Instant.MIN)) {
                packer.nothing();
            } else {
                packer.text(instant.toString());
            }
        } else if (field.getAnnotation(Timespan.class) != null) {
            Duration duration = from.getDuration(name);
            if (Math.abs((double) duration.toSeconds()) < MAX_SECONDS) {
                packer.signed(duration.toNanos());
            } else {
                // Not known, or without end.
                packer.nothing();
            }
        } else if (field.getAnnotation(MemoryAddress.class) != null && from.getValue(name) instanceof Number) {
            packer.hex(from.getLong(name));
        } else {
            value(from.getValue(name), depth);
        }
    }

    private void value(Object value, int depth) {
        if (value == null) {
            packer.nothing();
        } else if (value instanceof String text) {
            packer.text(text);
        } else if (value instanceof Boolean truth) {
            packer.bool(truth);
        } else if (value instanceof Double || value instanceof Float) {
            packer.real(((Number) value).doubleValue());
        } else if (value instanceof Number number) {
            packer.signed(number.longValue());
        } else if (value instanceof Character character) {
            packer.text(character.toString());
        } else if (value instanceof RecordedThread thread) {
            packer.text(name(thread));
        } else if (value instanceof RecordedClass type) {
            packer.text(type.getName());
        } else if (value instanceof RecordedMethod method) {
            packer.text(words(method));
        } else if (value instanceof RecordedStackTrace stack) {
            stack(stack.getFrames());
        } else if (value instanceof Object[] array) {
            int length = Math.min(array.length, MAX_ELEMENTS);
            packer.array(length);
            for (int i = 0; i < length; i++) {
                value(array[i], depth + 1);
            }
        } else if (value instanceof RecordedObject object && depth < 3) {
            packer.struct(object.getFields().size());
            for (ValueDescriptor field : object.getFields()) {
                packer.name(field.getName());
                value(object, field, depth + 1);
            }
        } else {
            packer.nothing();
        }
    }

    private void stack(List<RecordedFrame> frames) {
        int length = Math.min(frames.size(), MAX_FRAMES);
        packer.array(length);
        for (int i = 0; i < length; i++) {
            RecordedMethod method = frames.get(i).getMethod();
            packer.text(method == null ? "" : words(method));
        }
    }

    static String words(RecordedMethod method) {
        return method.getType() == null ? method.getName() : method.getType().getName() + "." + method.getName();
    }

    static String name(RecordedThread thread) {
        String java = thread.getJavaName();
        return java == null || java.isEmpty() ? String.valueOf(thread.getOSName()) : java;
    }
}
