package org.dyntrace.daemon.jvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dyntrace.daemon.inject.ElfImage;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * Where a HotSpot library keeps what matters for an attach. All are distances from where the library is loaded; 0 for what this
 * release doesn't have.
 *
 * @param release _vm_major_version
 * @param flags by name: where the value lies, and where its origin
 */
record HotSpot(long release, Map<String, Flag> flags) {
    private static final String DISABLE_ATTACH = "DisableAttachMechanism";
    private static final String REDUCE_SIGNALS = "ReduceSignalUsage";
    private static final String DYNAMIC_LOADING = "EnableDynamicAgentLoading";
    private static final Set<String> WANTED = Set.of(DISABLE_ATTACH, REDUCE_SIGNALS, DYNAMIC_LOADING);

    private static final int LONGEST_NAME = 128;
    private static final int MOST_FLAGS = 20_000;
    private static final int ORIGIN_MASK = 0xf;
    private static final int FROM_COMMAND_LINE = 1;

    /** What stands for all releases that describe their flags in another way. */
    private static final int BEFORE_10 = 9;

    /** Finding them takes some milliseconds; a file keeps them where they are. */
    private static final Map<String, HotSpot> KNOWN = new ConcurrentHashMap<>();

    /**
     * One flag.
     *
     * @param value where its bool lies
     * @param origin where the word lies whose low four bits say who set it
     */
    record Flag(long value, long origin) {}

    /**
     * Reads what a JVM was told, as it is now.
     *
     * @param memory the JVM's
     * @param libjvm the first mapping of its library
     * @return that, or nothing when it is no HotSpot
     */
    static Optional<VmSettings> read(ProcessMemory memory, Mapping libjvm) {
        String key = libjvm.device() + " " + libjvm.inode();
        HotSpot hotSpot = KNOWN.get(key);
        if (hotSpot == null) {
            hotSpot = find(memory, libjvm.start());
            if (hotSpot == null) {
                return Optional.empty();
            }
            KNOWN.put(key, hotSpot);
        }
        return Optional.of(hotSpot.settings(memory, libjvm.start()));
    }

    private VmSettings settings(ProcessMemory memory, long base) {
        Flag dynamic = flags.get(DYNAMIC_LOADING);
        return new VmSettings(
                release == 0 ? BEFORE_10 : memory.readInt(base + release),
                isSet(memory, base, DISABLE_ATTACH, false),
                isSet(memory, base, REDUCE_SIGNALS, false),
                isSet(memory, base, DYNAMIC_LOADING, true),
                dynamic != null && (memory.readInt(base + dynamic.origin) & ORIGIN_MASK) == FROM_COMMAND_LINE);
    }

    private boolean isSet(ProcessMemory memory, long base, String name, boolean otherwise) {
        Flag flag = flags.get(name);
        return flag == null ? otherwise : memory.read(base + flag.value, 1)[0] != 0;
    }

    private static HotSpot find(ProcessMemory memory, long base) {
        VmStructs structs = new VmStructs(memory, new ElfImage(memory, base));
        OptionalLong release = structs.field("Abstract_VM_Version", "_vm_major_version");
        OptionalLong table = structs.field("JVMFlag", "flags");
        OptionalLong count = structs.field("JVMFlag", "numFlags");
        OptionalLong name = structs.field("JVMFlag", "_name");
        OptionalLong address = structs.field("JVMFlag", "_addr");
        OptionalLong origin = structs.field("JVMFlag", "_flags");
        OptionalLong size = structs.size("JVMFlag");
        boolean known = table.isPresent()
                && count.isPresent()
                && name.isPresent()
                && address.isPresent()
                && origin.isPresent()
                && size.isPresent();
        if (!known) {
            return structs.size("Klass").isPresent() ? new HotSpot(0, Map.of()) : null;
        }
        int flagSize = (int) size.getAsLong();
        int flagCount = (int) Math.min(memory.readLong(count.getAsLong()), MOST_FLAGS);
        long first = memory.readLong(table.getAsLong());
        ByteBuffer all =
                ByteBuffer.wrap(memory.read(first, flagSize * flagCount)).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Flag> flags = new HashMap<>();
        for (int i = 0; i < flagCount && flags.size() < WANTED.size(); i++) {
            int at = i * flagSize;
            long nameAt = all.getLong(at + (int) name.getAsLong());
            String text = nameAt == 0 ? "" : memory.readText(nameAt, LONGEST_NAME);
            if (WANTED.contains(text)) {
                flags.put(
                        text,
                        new Flag(
                                all.getLong(at + (int) address.getAsLong()) - base,
                                first + at + origin.getAsLong() - base));
            }
        }
        return new HotSpot(release.isPresent() ? release.getAsLong() - base : 0, Map.copyOf(flags));
    }
}
