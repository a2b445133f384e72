package org.dyntrace.cli;

import java.util.ArrayList;
import java.util.List;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SiteInfo;

/** The places of a tracepoint, page by page. */
final class Sites {
    private static final int PAGE = 10_000;

    private Sites() {}

    /** {@return all of them, or those that are missing; none when the tracepoint has been removed meanwhile} */
    static List<SiteInfo> of(ProcessMXBean process, String tracepoint, boolean missing) {
        List<SiteInfo> all = new ArrayList<>();
        try {
            List<SiteInfo> page;
            do {
                page = process.listSites(tracepoint, missing, all.size(), PAGE);
                all.addAll(page);
            } while (page.size() == PAGE);
            return all;
        } catch (Failure failure) {
            if (failure.reason() == Reason.NO_SUCH_TRACEPOINT) {
                return List.of();
            }
            throw failure;
        }
    }
}
