package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.Aggregators;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.PersistableItemFilter;
import org.openjdk.jmc.common.util.StateToolkit;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** The pages file, read by JMC's own classes, on events of a real recording. */
class PagesTest {
    @Name("dyntrace.TracepointHit")
    static final class Hit extends Event {}

    @Name("dyntrace.FunctionCall")
    static final class Call extends Event {}

    @TempDir
    private Path directory;

    @Test
    void showTheEventsThatTheyAreFor() throws Exception {
        File file = directory.resolve("a.jfr").toFile();
        try (Recording recording = new Recording()) {
            recording.start();
            new Hit().commit();
            new Hit().commit();
            new Call().commit();
            recording.stop();
            recording.dump(file.toPath());
        }
        IItemCollection all = JfrLoaderToolkit.loadEvents(file);
        IState pages = StateToolkit.fromXMLString(Files.readString(Path.of("target/classes/pages.xml")));
        List<String> seen = new ArrayList<>();
        look(pages, all, seen);
        assertEquals(List.of("dyntrace Hits: 3", "Calls: 1", "By Thread: 3"), seen);
    }

    private static void look(IState parent, IItemCollection all, List<String> seen) {
        for (IState page : parent.getChildren("page")) {
            assertEquals("org.openjdk.jmc.flightrecorder.ui.itemhandler", page.getAttribute("factory"));
            assertTrue(page.getAttribute("id").startsWith("org.dyntrace.jmc.pages."));
            IState state = page.getChild("state");
            IItemCollection shown = all.apply(PersistableItemFilter.readFrom(state.getChild("pageFilter")));
            seen.add(state.getAttribute("name") + ": "
                    + shown.getAggregate(Aggregators.count()).longValue());
            look(page, all, seen);
        }
    }
}
