package org.dyntrace.daemon.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class InnerIdsTest {
    /** The shell is the first process of a pid namespace, and says so. */
    @Test
    void threadsInANamespace() throws IOException {
        Process unshare = new ProcessBuilder("unshare", "--pid", "--fork", "sh", "-c", "echo $$; exec cat").start();
        try {
            assertEquals("1", unshare.inputReader().readLine());
            int pid = (int) unshare.children().findFirst().orElseThrow().pid();
            InnerIds ids = InnerIds.of(ProcessId.current(pid));
            assertEquals(1, ids.of(pid));
            assertTrue(ids.contains(1));
            assertFalse(ids.contains(pid));
        } finally {
            unshare.children().forEach(ProcessHandle::destroyForcibly);
            unshare.destroyForcibly();
        }
    }

    @Test
    void threadsElsewhere() {
        int pid = (int) ProcessHandle.current().pid();
        InnerIds ids = InnerIds.of(ProcessId.current(pid));
        assertEquals(pid, ids.of(pid));
        assertTrue(ids.contains(pid));
        assertFalse(ids.contains(1));
    }
}
