package org.dyntrace.daemon.target;

import java.util.List;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointInfo;

/** The code of a process that one agent can trace: its native functions, or its Java methods. Any thread may use it. */
public interface TracedCode extends AutoCloseable {
    /**
     * Places a tracepoint.
     *
     * @param wanted what and where
     * @param progress is told how far it is
     * @return what was placed
     * @throws org.dyntrace.mbeans.Failure when nothing was
     */
    TracepointInfo add(Placement wanted, Progress progress);

    /**
     * Removes a tracepoint.
     *
     * @param name its name
     * @param progress is told how far it is
     * @throws org.dyntrace.mbeans.Failure NO_SUCH_TRACEPOINT; or FOREIGN_PATCH when someone else has changed the code: then
     *     it stays
     */
    void remove(String name, Progress progress);

    /**
     * Takes a tracepoint out of the code and keeps all else of it; does nothing when it is disabled already.
     *
     * @param name its name
     * @param progress is told how far it is
     * @return what it is now
     * @throws org.dyntrace.mbeans.Failure as {@link #remove}: then it stays enabled
     */
    TracepointInfo disable(String name, Progress progress);

    /**
     * Puts a disabled tracepoint back into its places; does nothing when it is enabled already.
     *
     * @param name its name
     * @param progress is told how far it is
     * @return what it is now
     * @throws org.dyntrace.mbeans.Failure when no place can have it: then it stays disabled
     */
    TracepointInfo enable(String name, Progress progress);

    /** {@return names of its tracepoints} */
    List<String> names();

    /**
     * Tells of one tracepoint.
     *
     * @param name its name
     * @return what it is and its counts now
     */
    TracepointInfo info(String name);

    /**
     * Lists the places of one tracepoint.
     *
     * @param name its name
     * @return all of them, refused ones included
     */
    List<SiteInfo> sites(String name);

    /** Looks at the counters, to be able to tell when they grew. */
    void look();

    /** Emits tracepoint_info again when a recording has started since the last call. */
    void watchRecordings();

    /** Lets go of it; the tracepoints stay. */
    @Override
    void close();
}
