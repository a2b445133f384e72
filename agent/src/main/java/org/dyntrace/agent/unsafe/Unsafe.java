package org.dyntrace.agent.unsafe;

import java.lang.reflect.Field;

/**
 * Stands where protobuf looks for {@code sun.misc.Unsafe}, with the methods that it calls. Theirs warn on the program's
 * stderr from release 24 on, and will be gone; the JVM's own, which are beneath them, do neither. The boot classes have
 * opened them to the agent's module.
 */
@SuppressWarnings({"unused", "doclint"}) // Found by protobuf through reflection, as in the original.
public final class Unsafe {
    private static final jdk.internal.misc.Unsafe JVM = jdk.internal.misc.Unsafe.getUnsafe();
    private static final Unsafe THE = new Unsafe();

    private Unsafe() {}

    public Object allocateInstance(Class<?> type) throws InstantiationException {
        return JVM.allocateInstance(type);
    }

    public int arrayBaseOffset(Class<?> type) {
        try {
            // An int in some releases, a long in others.
            Object offset =
                    JVM.getClass().getMethod("arrayBaseOffset", Class.class).invoke(JVM, type);
            return ((Number) offset).intValue();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    public int arrayIndexScale(Class<?> type) {
        return JVM.arrayIndexScale(type);
    }

    public void copyMemory(Object from, long fromOffset, Object to, long toOffset, long bytes) {
        JVM.copyMemory(from, fromOffset, to, toOffset, bytes);
    }

    public void copyMemory(long from, long to, long bytes) {
        JVM.copyMemory(from, to, bytes);
    }

    public long objectFieldOffset(Field field) {
        return JVM.objectFieldOffset(field);
    }

    public Object staticFieldBase(Field field) {
        return JVM.staticFieldBase(field);
    }

    public long staticFieldOffset(Field field) {
        return JVM.staticFieldOffset(field);
    }

    public int getInt(Object base, long offset) {
        return JVM.getInt(base, offset);
    }

    public void putInt(Object base, long offset, int value) {
        JVM.putInt(base, offset, value);
    }

    public long getLong(Object base, long offset) {
        return JVM.getLong(base, offset);
    }

    public void putLong(Object base, long offset, long value) {
        JVM.putLong(base, offset, value);
    }

    public boolean getBoolean(Object base, long offset) {
        return JVM.getBoolean(base, offset);
    }

    public void putBoolean(Object base, long offset, boolean value) {
        JVM.putBoolean(base, offset, value);
    }

    public byte getByte(Object base, long offset) {
        return JVM.getByte(base, offset);
    }

    public void putByte(Object base, long offset, byte value) {
        JVM.putByte(base, offset, value);
    }

    public float getFloat(Object base, long offset) {
        return JVM.getFloat(base, offset);
    }

    public void putFloat(Object base, long offset, float value) {
        JVM.putFloat(base, offset, value);
    }

    public double getDouble(Object base, long offset) {
        return JVM.getDouble(base, offset);
    }

    public void putDouble(Object base, long offset, double value) {
        JVM.putDouble(base, offset, value);
    }

    public Object getObject(Object base, long offset) {
        return JVM.getReference(base, offset);
    }

    public void putObject(Object base, long offset, Object value) {
        JVM.putReference(base, offset, value);
    }

    public int getInt(long address) {
        return JVM.getInt(address);
    }

    public void putInt(long address, int value) {
        JVM.putInt(address, value);
    }

    public long getLong(long address) {
        return JVM.getLong(address);
    }

    public void putLong(long address, long value) {
        JVM.putLong(address, value);
    }

    public byte getByte(long address) {
        return JVM.getByte(address);
    }

    public void putByte(long address, byte value) {
        JVM.putByte(address, value);
    }
}
