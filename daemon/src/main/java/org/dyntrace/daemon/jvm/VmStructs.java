package org.dyntrace.daemon.jvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.dyntrace.daemon.inject.ElfImage;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * HotSpot's own description of its variables, which it exports for the serviceability agent (vmStructs.cpp). With it each
 * HotSpot of any release can be asked for what it really does, however it was told to.
 */
final class VmStructs {
    private static final int LONGEST_NAME = 128;
    private static final int MOST_ENTRIES = 100_000;

    private final ProcessMemory memory;
    private final ElfImage libjvm;
    private final Map<Long, String> texts = new HashMap<>();
    /** "Type::field" to the address of a static field, or else to its offset in the type. */
    private final Map<String, Long> fields = new HashMap<>();

    VmStructs(ProcessMemory memory, ElfImage libjvm) {
        this.memory = memory;
        this.libjvm = libjvm;
        long entries = exported("gHotSpotVMStructs");
        if (entries != 0) {
            readFields(entries);
        }
    }

    /** {@return the address of a static field, or the offset of another one} */
    OptionalLong field(String type, String name) {
        Long found = fields.get(type + "::" + name);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found);
    }

    /** {@return how many bytes a type takes, or nothing if it isn't described} */
    OptionalLong size(String type) {
        long at = exported("gHotSpotVMTypes");
        int stride = (int) exported("gHotSpotVMTypeEntryArrayStride");
        int nameAt = (int) exported("gHotSpotVMTypeEntryTypeNameOffset");
        int sizeAt = (int) exported("gHotSpotVMTypeEntrySizeOffset");
        for (int i = 0; at != 0 && i < MOST_ENTRIES; i++, at += stride) {
            ByteBuffer entry = read(at, stride);
            long name = entry.getLong(nameAt);
            if (name == 0) {
                break;
            }
            if (type.equals(text(name))) {
                return OptionalLong.of(entry.getLong(sizeAt));
            }
        }
        return OptionalLong.empty();
    }

    private void readFields(long from) {
        int stride = (int) exported("gHotSpotVMStructEntryArrayStride");
        int typeAt = (int) exported("gHotSpotVMStructEntryTypeNameOffset");
        int nameAt = (int) exported("gHotSpotVMStructEntryFieldNameOffset");
        int isStaticAt = (int) exported("gHotSpotVMStructEntryIsStaticOffset");
        int offsetAt = (int) exported("gHotSpotVMStructEntryOffsetOffset");
        int addressAt = (int) exported("gHotSpotVMStructEntryAddressOffset");
        long at = from;
        for (int i = 0; i < MOST_ENTRIES; i++, at += stride) {
            ByteBuffer entry = read(at, stride);
            long typeName = entry.getLong(typeAt);
            if (typeName == 0) {
                return;
            }
            String type = text(typeName);
            if (type.equals("JVMFlag") || type.equals("Abstract_VM_Version")) {
                fields.put(
                        type + "::" + text(entry.getLong(nameAt)),
                        entry.getLong(entry.getInt(isStaticAt) != 0 ? addressAt : offsetAt));
            }
        }
    }

    private long exported(String name) {
        long address = libjvm.symbol(name);
        return address == 0 ? 0 : memory.readLong(address);
    }

    private ByteBuffer read(long address, int size) {
        return ByteBuffer.wrap(memory.read(address, size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String text(long address) {
        return texts.computeIfAbsent(address, at -> memory.readText(at, LONGEST_NAME));
    }
}
