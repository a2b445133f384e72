package org.dyntrace.daemon.record;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.Set;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Sessions of LTTng, through liblttng-ctl (lttng-tools 2.11 and later; the places of fields in its structures are those of its headers, which are its
 * ABI). One request at a time: the library has one connection.
 */
final class LttngControl {
    private static final String LIBRARY = "liblttng-ctl.so.0";
    private static final int OK = 10;
    /** No session; no session daemon; no session of that name. */
    private static final Set<Integer> GONE = Set.of(16, 19, 23);
    /** Stopped already; not started. */
    private static final Set<Integer> STOPPED = Set.of(81, 118);

    private static final int NO_DATA = 71;
    /** Not there; and what the session daemon says when it is asked again. */
    private static final Set<Integer> NO_KERNEL_TRACER = Set.of(33, 25);

    private static final int DOMAIN_SIZE = 512;
    private static final int CONTEXT_SIZE = 1024;
    private static final int BUFFER_TYPE = 4;
    private static final int ATTR_OVERWRITE = 264;
    private static final int ATTR_SUBBUF_SIZE = 272;
    private static final int ATTR_SUBBUF_COUNT = 280;
    private static final int ATTR_FILE_SIZE = 304;
    private static final int ATTR_FILE_COUNT = 312;
    private static final int EVENT_NAME = 4;

    private LttngControl() {}

    /** The kernel's tracer, or that of user space. */
    enum Domain {
        /** lttng-modules. */
        KERNEL(1, 2),
        /** lttng-ust, with buffers for each user. */
        USER(2, 1);

        private final int type;
        private final int buffers;

        Domain(int type, int buffers) {
            this.type = type;
            this.buffers = buffers;
        }

        private List<Integer> contexts() {
            return this == KERNEL
                    ? List.of(Context.PID, Context.TID, Context.PROCNAME)
                    : List.of(Context.VPID, Context.VTID, Context.PROCNAME);
        }
    }

    /** What each event has besides its own fields. */
    private static final class Context {
        static final int PID = 0;
        static final int PROCNAME = 2;
        static final int VPID = 5;
        static final int TID = 6;
        static final int VTID = 7;
    }

    /**
     * How much room events have.
     *
     * @param overwrite whether the oldest go when buffers are full, instead of the new ones
     * @param subbufSize of the parts of a processor's buffer, in bytes
     * @param fileSize of a file, in bytes; 0 for no bound
     * @param fileCount of files of a processor; the oldest is overwritten then
     */
    record Room(boolean overwrite, long subbufSize, long fileSize, long fileCount) {
        private static final long SUBBUF = 1 << 20;
        private static final long LEAST_SUBBUF = 1 << 12;
        private static final long SUBBUFS = 8;
        private static final int FILES = 8;

        /**
         * {@return room in memory alone, or on disk as well, for each user whose programs have events}
         *
         * @param share how much may be on disk, in bytes
         * @param memoryOnly whether nothing is written until somebody asks for a snapshot
         */
        static Room of(long share, boolean memoryOnly) {
            if (memoryOnly) {
                return new Room(true, SUBBUF, 0, 0);
            }
            long file = share / FILES / Runtime.getRuntime().availableProcessors();
            // A power of two, and no longer than a file.
            long subbuf = Math.max(LEAST_SUBBUF, Math.min(SUBBUF, Long.highestOneBit(file)));
            return new Room(false, subbuf, Math.max(subbuf, file), FILES);
        }
    }

    private static final class Library {
        static {
            Native.register(Library.class, LIBRARY);
        }

        static native int lttng_session_daemon_alive();

        static native Pointer lttng_session_descriptor_local_create(String name, String path);

        static native Pointer lttng_session_descriptor_snapshot_local_create(String name, String path);

        static native void lttng_session_descriptor_destroy(Pointer descriptor);

        static native int lttng_create_session_ext(Pointer descriptor);

        static native Pointer lttng_create_handle(String session, Pointer domain);

        static native void lttng_destroy_handle(Pointer handle);

        static native Pointer lttng_channel_create(Pointer domain);

        static native void lttng_channel_destroy(Pointer channel);

        static native int lttng_enable_channel(Pointer handle, Pointer channel);

        static native Pointer lttng_event_create();

        static native void lttng_event_destroy(Pointer event);

        static native int lttng_enable_event(Pointer handle, Pointer event, String channel);

        static native int lttng_add_context(Pointer handle, Pointer context, String event, String channel);

        static native int lttng_start_tracing(String session);

        static native int lttng_stop_tracing(String session);

        static native int lttng_destroy_session(String session);

        static native int lttng_snapshot_record(String session, Pointer output, int wait);

        static native String lttng_strerror(int error);
    }

    /** Throws a failure unless a session daemon answers. */
    static synchronized void check() {
        try {
            if (Library.lttng_session_daemon_alive() == 1) {
                return;
            }
        } catch (LinkageError e) {
            throw new Failure(
                    Reason.LTTNG_MISSING,
                    "LTTng's library " + LIBRARY + " can't be loaded: " + e.getMessage() + ".",
                    "Install the Debian package lttng-tools.",
                    e);
        }
        throw new Failure(
                Reason.LTTNG_NO_SESSIOND,
                "No LTTng session daemon answers.",
                "Start one with 'lttng-sessiond --daemonize' (Debian package lttng-tools).");
    }

    /** Makes a session that writes into a directory, which must exist for a snapshot session. */
    static synchronized void create(String session, String directory, boolean snapshots) {
        Pointer descriptor = snapshots
                ? Library.lttng_session_descriptor_snapshot_local_create(session, directory)
                : Library.lttng_session_descriptor_local_create(session, directory);
        if (descriptor == null) {
            throw failed("create the session " + session, -1);
        }
        try {
            int code = Library.lttng_create_session_ext(descriptor);
            if (code != OK) {
                throw failed("create the session " + session, -code);
            }
        } finally {
            Library.lttng_session_descriptor_destroy(descriptor);
        }
    }

    /** Has a session record events of these names, in a channel of its own. */
    static synchronized void enable(String session, Domain domain, Room room, List<String> events) {
        Memory its = new Memory(DOMAIN_SIZE);
        its.clear();
        its.setInt(0, domain.type);
        its.setInt(BUFFER_TYPE, domain.buffers);
        Pointer handle = Library.lttng_create_handle(session, its);
        if (handle == null) {
            throw failed("reach the session " + session, -1);
        }
        try {
            channel(handle, its, room, domain);
            for (String event : events) {
                event(handle, event);
            }
            for (int context : domain.contexts()) {
                Memory added = new Memory(CONTEXT_SIZE);
                added.clear();
                added.setInt(0, context);
                check("add a context", Library.lttng_add_context(handle, added, null, CHANNEL));
            }
        } finally {
            Library.lttng_destroy_handle(handle);
        }
    }

    private static final String CHANNEL = "dyntrace";

    private static void channel(Pointer handle, Memory its, Room room, Domain domain) {
        Pointer channel = Library.lttng_channel_create(its);
        if (channel == null) {
            throw failed("make a channel", -1);
        }
        try {
            channel.setString(0, CHANNEL);
            channel.setInt(ATTR_OVERWRITE, room.overwrite ? 1 : 0);
            channel.setLong(ATTR_SUBBUF_SIZE, room.subbufSize);
            channel.setLong(ATTR_SUBBUF_COUNT, Room.SUBBUFS);
            channel.setLong(ATTR_FILE_SIZE, room.fileSize);
            channel.setLong(ATTR_FILE_COUNT, room.fileCount);
            int code = Library.lttng_enable_channel(handle, channel);
            if (domain == Domain.KERNEL && NO_KERNEL_TRACER.contains(-code)) {
                throw new Failure(
                        Reason.RECORDING,
                        "LTTng has no kernel tracer here.",
                        "Install its modules (Debian package lttng-modules-dkms).");
            }
            check("make a channel", code);
        } finally {
            Library.lttng_channel_destroy(channel);
        }
    }

    private static void event(Pointer handle, String name) {
        Pointer event = Library.lttng_event_create();
        if (event == null) {
            throw failed("enable " + name, -1);
        }
        try {
            event.setString(EVENT_NAME, name);
            check("enable " + name, Library.lttng_enable_event(handle, event, CHANNEL));
        } finally {
            Library.lttng_event_destroy(event);
        }
    }

    static synchronized void start(String session) {
        check("start the session " + session, Library.lttng_start_tracing(session));
    }

    /**
     * Starts a session that may record already.
     *
     * @return whether there is one of this name
     */
    static synchronized boolean resume(String session) {
        return !GONE.contains(-Library.lttng_start_tracing(session));
    }

    /** Stops a session when all is written that it has recorded, and forgets it; one that is not there is ended already. */
    static synchronized void end(String session) {
        int stopped = Library.lttng_stop_tracing(session);
        int destroyed = Library.lttng_destroy_session(session);
        if (GONE.contains(-destroyed)) {
            return;
        }
        check("destroy the session " + session, destroyed);
        if (!STOPPED.contains(-stopped)) {
            check("stop the session " + session, stopped);
        }
    }

    /** Writes what a session has in its buffers, which may be nothing. */
    static synchronized void snapshot(String session) {
        int code = Library.lttng_snapshot_record(session, null, 1);
        if (-code != NO_DATA) {
            check("take a snapshot of the session " + session, code);
        }
    }

    private static void check(String what, int code) {
        if (code < 0) {
            throw failed(what, code);
        }
    }

    private static Failure failed(String what, int code) {
        return new Failure(
                Reason.RECORDING,
                "LTTng can't " + what + ": " + Library.lttng_strerror(code) + ".",
                "Look at what 'lttng list' and the session daemon's own messages say.");
    }
}
