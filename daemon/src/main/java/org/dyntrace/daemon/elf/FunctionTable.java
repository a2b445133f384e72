package org.dyntrace.daemon.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The functions of a file, by address, then by name. */
final class FunctionTable {
    private static final int DEFAULT_VERSION = 1;
    private static final int IFUNC = 2;

    private final long[] values;
    private final long[] sizes;
    private final String[] linkNames;
    private final String[] versions;
    private final byte[] flags;
    private final long[] labels;
    private final Demangler demangler;

    /** Indexes, ordered by link name; made when first needed. */
    private int[] byName;

    /** Readable names and those without parameters; null in them where there is none. Made when first needed. */
    private String[] readable;

    private String[] bare;

    /** A line of a symbol table; size 0 when it doesn't say. */
    record Entry(String linkName, String version, boolean defaultVersion, long value, long size, boolean ifunc) {}

    /**
     * Makes the table.
     *
     * @param entries all entries of all symbol tables of the file
     * @param labels addresses in code that symbols of any kind stand for
     * @param bounds where code is known to begin or end otherwise, ascending
     */
    FunctionTable(List<Entry> entries, long[] labels, long[] bounds, Demangler demangler) {
        List<Entry> kept = merged(entries);
        int count = kept.size();
        values = new long[count];
        sizes = new long[count];
        linkNames = new String[count];
        versions = new String[count];
        flags = new byte[count];
        for (int i = 0; i < count; i++) {
            Entry entry = kept.get(i);
            values[i] = entry.value();
            sizes[i] = entry.size();
            linkNames[i] = entry.linkName();
            versions[i] = entry.version();
            flags[i] = (byte) ((entry.defaultVersion() ? DEFAULT_VERSION : 0) | (entry.ifunc() ? IFUNC : 0));
        }
        this.labels = labels;
        this.demangler = demangler;
        fillSizes(bounds);
    }

    /** The same function stands in several tables: with its version in one, with its size in another. */
    private static List<Entry> merged(List<Entry> entries) {
        List<Entry> sorted = new ArrayList<>(entries);
        // Of one name at one address, those with a version come first, then the longest.
        sorted.sort(Comparator.comparingLong(Entry::value)
                .thenComparing(Entry::linkName)
                .thenComparing(entry -> entry.version().isEmpty())
                .thenComparing(Entry::version)
                .thenComparing(entry -> -entry.size()));
        List<Entry> kept = new ArrayList<>();
        Entry last = null;
        for (Entry entry : sorted) {
            boolean same = last != null
                    && last.value() == entry.value()
                    && last.linkName().equals(entry.linkName());
            if (!same || !entry.version().isEmpty() && !entry.version().equals(last.version())) {
                kept.add(entry);
                last = entry;
            }
        }
        return kept;
    }

    private void fillSizes(long[] bounds) {
        long next = 0;
        for (int i = values.length - 1; i >= 0; i--) {
            if (i + 1 < values.length && values[i + 1] != values[i]) {
                next = values[i + 1];
            }
            if (sizes[i] == 0) {
                int at = Arrays.binarySearch(bounds, values[i] + 1);
                int index = at < 0 ? -at - 1 : at;
                long bound = index < bounds.length ? bounds[index] : 0;
                long end = bound == 0 || next != 0 && next < bound ? next : bound;
                sizes[i] = end == 0 ? 0 : end - values[i];
            }
        }
    }

    int count() {
        return values.length;
    }

    long value(int index) {
        return values[index];
    }

    long size(int index) {
        return sizes[index];
    }

    String linkName(int index) {
        return linkNames[index];
    }

    String version(int index) {
        return versions[index];
    }

    boolean defaultVersion(int index) {
        return (flags[index] & DEFAULT_VERSION) != 0;
    }

    boolean ifunc(int index) {
        return (flags[index] & IFUNC) != 0;
    }

    /** {@return addresses in code that symbols of any kind stand for, ascending} */
    long[] labels() {
        return labels;
    }

    Symbol symbol(int index) {
        String name = readable(index);
        return new Symbol(
                linkNames[index],
                name == null ? linkNames[index] : name,
                versions[index],
                defaultVersion(index),
                values[index],
                sizes[index],
                ifunc(index));
    }

    /** {@return the index of the first function at or behind the address} */
    int firstFrom(long address) {
        int low = 0;
        int high = values.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(values[middle], address) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** {@return the indexes of the functions of this link name, readable name, or readable name without parameters} */
    IntStream named(String name) {
        int[] exact = linkNamed(name);
        if (readableNames() != null) {
            return IntStream.concat(Arrays.stream(exact), matching(i -> isReadableAs(i, name)));
        }
        // A readable name's last part stands in the link name: only those that hold it need be made readable.
        String part = Names.mangledPart(name);
        int[] candidates = matching(i -> linkNames[i].startsWith("_Z") && linkNames[i].contains(part))
                .toArray();
        List<String> texts = demangler.demangle(
                Arrays.stream(candidates).mapToObj(i -> linkNames[i]).toList());
        IntStream.Builder found = IntStream.builder();
        for (int i = 0; i < candidates.length; i++) {
            String text = Names.readable(texts.get(i));
            if (text.equals(name)
                    || !text.isEmpty() && Names.withoutParameters(text).equals(name)) {
                found.add(candidates[i]);
            }
        }
        return IntStream.concat(Arrays.stream(exact), found.build());
    }

    /** {@return the indexes of the functions of which some form of the name passes} */
    IntStream accepted(Predicate<CharSequence> test) {
        makeReadable();
        return matching(i -> test.test(linkNames[i])
                || readable[i] != null && (test.test(readable[i]) || bare[i] != null && test.test(bare[i])));
    }

    private IntStream matching(IntPredicate test) {
        return IntStream.range(0, values.length).filter(test);
    }

    private boolean isReadableAs(int index, String name) {
        return name.equals(readable[index]) || name.equals(bare[index]);
    }

    private int[] linkNamed(String name) {
        int[] order = orderByName();
        int low = 0;
        int high = order.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (linkNames[order[middle]].compareTo(name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int end = low;
        while (end < order.length && linkNames[order[end]].equals(name)) {
            end++;
        }
        return Arrays.copyOfRange(order, low, end);
    }

    private synchronized int[] orderByName() {
        if (byName == null) {
            byName = IntStream.range(0, values.length)
                    .boxed()
                    .sorted(Comparator.comparing(i -> linkNames[i]))
                    .mapToInt(Integer::intValue)
                    .toArray();
        }
        return byName;
    }

    private synchronized String[] readableNames() {
        return readable;
    }

    private String readable(int index) {
        String[] all = readableNames();
        if (all != null) {
            return all[index];
        }
        if (!linkNames[index].startsWith("_Z")) {
            return null;
        }
        String text =
                Names.readable(demangler.demangle(List.of(linkNames[index])).get(0));
        return text.isEmpty() ? null : text;
    }

    /** Makes all names readable now, in one call of the demangler. */
    synchronized void makeReadable() {
        if (readable != null) {
            return;
        }
        int[] mangled = matching(i -> linkNames[i].startsWith("_Z")).toArray();
        List<String> texts = demangler.demangle(
                Arrays.stream(mangled).mapToObj(i -> linkNames[i]).toList());
        String[] whole = new String[values.length];
        String[] shortened = new String[values.length];
        for (int i = 0; i < mangled.length; i++) {
            String text = Names.readable(texts.get(i));
            if (!text.isEmpty()) {
                whole[mangled[i]] = text;
                shortened[mangled[i]] = Names.withoutParameters(text);
            }
        }
        bare = shortened;
        readable = whole;
    }
}
