package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.Aggregators;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.IType;
import org.openjdk.jmc.common.item.PersistableItemFilter;
import org.openjdk.jmc.common.unit.LinearKindOfQuantity;
import org.openjdk.jmc.common.util.StateToolkit;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;

/**
 * The pages, read and filled by the classes of JMC's core as JMC's page for events of a type (itemhandler) does it: a filter, a table by an
 * attribute that all of its events have, and columns made of attributes. That page itself is in no public repository.
 */
class PagesTest {
    private static final Path SEAM = Path.of("../jfr-bridge/src/test/resources/seam");
    private static final Map<String, Long> JAVA_HITS =
            Map.of("collect", 3L, "even", 30L, "locked", 2L, "squeeze", 10L, "tail", 30L, "point", 100L);

    /** The pages' states by their names. */
    private static final Map<String, IState> PAGES = new LinkedHashMap<>();

    @TempDir
    private Path directory;

    @BeforeAll
    static void read() throws Exception {
        collect(StateToolkit.fromXMLString(Files.readString(Path.of("target/classes/pages.xml"))));
        assertEquals(List.of("dyntrace Hits", "Calls", "By Thread"), List.copyOf(PAGES.keySet()));
    }

    private static void collect(IState parent) {
        for (IState page : parent.getChildren("page")) {
            if (page.getAttribute("factory").equals("org.dyntrace.jmc.pages.durations")) {
                // See DurationPageTest.
                continue;
            }
            assertEquals("org.openjdk.jmc.flightrecorder.ui.itemhandler", page.getAttribute("factory"));
            assertTrue(page.getAttribute("id").startsWith("org.dyntrace.jmc.pages."));
            IState state = page.getChild("state");
            assertTrue(state.getAttribute("description").endsWith("."));
            PAGES.put(state.getAttribute("name"), state);
            collect(page);
        }
    }

    /** What the tracer jfr wrote in a JVM. */
    @Test
    void showRecordingsOfTheTracer() throws Exception {
        IItemCollection all =
                JfrLoaderToolkit.loadEvents(SEAM.resolve("seam.jfr").toFile());
        assertTablesFit(all);
        assertEquals(JAVA_HITS, rows("dyntrace Hits", all));
        assertEquals(
                Map.of(
                        "Seam$Work.collect()", 3L,
                        "Seam$Work.even(int)", 30L,
                        "Seam$Work.locked(int)", 2L,
                        "Seam$Work.squeeze(byte[])", 10L,
                        "Seam$Work.tail(int)", 30L),
                rows("Calls", all));
        assertEquals(Map.of("main", 173L, "contender", 2L), rows("By Thread", all));
    }

    /** What dyntrace timeline makes of the LTTng trace of the same run, which has two native functions besides. */
    @Test
    void showNativeTraces() throws Exception {
        File file = NativeTrace.convert(SEAM.resolve("lttng"), directory).toFile();
        IItemCollection all = JfrLoaderToolkit.loadEvents(file);
        assertTablesFit(all);
        Map<String, Long> hits = new TreeMap<>(JAVA_HITS);
        hits.putAll(Map.of("jni", 10L, "libz", 10L));
        assertEquals(hits, rows("dyntrace Hits", all));
        Map<String, Long> calls = rows("Calls", all);
        assertEquals(30L, calls.get("Seam$Work.even(int)"));
        assertEquals(10L, calls.get("deflate"));
        assertEquals(10L, calls.get("Java_java_util_zip_Deflater_deflateBytesBytes"));
        assertEquals(Map.of("thread 22683", 193L, "thread 23949", 1L, "thread 23980", 1L), rows("By Thread", all));
    }

    /** The rules speak up at the pages whose topic they have. */
    @Test
    void haveTheTopicOfTheRules() {
        Set<String> topics = new HashSet<>();
        for (IRule rule : RuleRegistry.getRules()) {
            if (rule.getId().startsWith("dyntrace.")) {
                topics.add(rule.getTopic());
            }
        }
        for (IState page : PAGES.values()) {
            assertEquals(topics, Set.of(page.getChild("topic").getAttribute("value")));
        }
    }

    private static IItemCollection shown(IState page, IItemCollection all) {
        return all.apply(PersistableItemFilter.readFrom(page.getChild("pageFilter")));
    }

    /** {@return how many events there are in each row of a page's table} */
    private static Map<String, Long> rows(String page, IItemCollection all) {
        IItemCollection shown = shown(PAGES.get(page), all);
        String by = PAGES.get(page).getChild("histogram").getAttribute("groupBy");
        Map<String, Long> rows = new TreeMap<>();
        for (IItemIterable items : shown) {
            IMemberAccessor<?, IItem> key = items.getType().getAccessor(attribute(items.getType(), by));
            for (IItem item : items) {
                Object value = key.getMember(item);
                rows.merge(value instanceof IMCThread thread ? thread.getThreadName() : (String) value, 1L, Long::sum);
            }
        }
        assertEquals(
                shown.getAggregate(Aggregators.count()).longValue(),
                rows.values().stream().mapToLong(Long::longValue).sum());
        return rows;
    }

    private static IAccessorKey<?> attribute(IType<?> type, String id) {
        return type.getAccessorKeys().keySet().stream()
                .filter(attribute -> attribute.getIdentifier().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type.getIdentifier() + " has no " + id));
    }

    /** JMC leaves out what it can't find, with a word in its log at most. */
    private static void assertTablesFit(IItemCollection all) {
        for (IState page : PAGES.values()) {
            Set<IType<?>> types = new HashSet<>();
            for (IItemIterable items : shown(page, all)) {
                types.add(items.getType());
            }
            assertFalse(types.isEmpty());
            assertFits(page.getChild("histogram"), types);
        }
    }

    private static void assertFits(IState histogram, Set<IType<?>> types) {
        String by = histogram.getAttribute("groupBy");
        // Equal attributes of all types, else JMC does not group by it.
        assertEquals(
                1, types.stream().map(type -> attribute(type, by)).distinct().count(), by);
        Set<String> known = new HashSet<>(Set.of("itemhistogram.key", "itemhistogram.count"));
        for (IType<?> type : types) {
            for (IAccessorKey<?> attribute : type.getAccessorKeys().keySet()) {
                if (attribute.getContentType() instanceof LinearKindOfQuantity) {
                    for (String aggregate : List.of("SUM", "AVG", "MIN", "MAX", "STDDEVP")) {
                        known.add(aggregate + attribute.getIdentifier() + ":"
                                + attribute.getContentType().getIdentifier());
                    }
                }
            }
        }
        IState table = histogram.getChild("table");
        assertNotNull(table, "JMC complains of a histogram without a table");
        Set<String> columns = new HashSet<>();
        for (IState column : table.getChildren("column")) {
            columns.add(column.getAttribute("id"));
        }
        assertTrue(known.containsAll(columns), columns::toString);
        assertTrue(columns.contains("itemhistogram.key") && columns.contains(table.getAttribute("sortColumn")));
        for (IState child : histogram.getChildren("child")) {
            assertEquals(by, child.getAttribute("parentGroupBy"));
            assertFits(child, types);
        }
    }
}
