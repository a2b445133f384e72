package org.dyntrace.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.TracepointInfo;

/** Tells on stderr which places of a tracepoint can't have it, and why. */
final class MissingSites {
    private static final int SHOWN_ONE_BY_ONE = 5;

    private MissingSites() {}

    static void tell(ProcessMXBean process, long pid, TracepointInfo placed) {
        if (placed.getMissing() > 0) {
            List<SiteInfo> missing = Sites.of(process, placed.getName(), true);
            tellWaiting(pid, placed, missing);
            warn(pid, placed, missing);
        }
    }

    private static void tellWaiting(long pid, TracepointInfo placed, List<SiteInfo> missing) {
        missing.stream()
                .filter(site -> site.getState().equals(SiteInfo.WAITING))
                .findFirst()
                .ifPresent(site -> Complaint.warning(String.format(
                        "%s waits: %s It is placed as soon as process %d loads it; 'dyntrace rm %d:%s' ends that.",
                        placed.getName(), site.getReason(), pid, pid, placed.getName())));
    }

    private static void warn(long pid, TracepointInfo placed, List<SiteInfo> missing) {
        List<SiteInfo> refused = missing.stream()
                .filter(site -> !site.getState().equals(SiteInfo.WAITING))
                .toList();
        if (refused.size() <= SHOWN_ONE_BY_ONE) {
            for (SiteInfo site : refused) {
                Complaint.warning(String.format(
                        "%s (%s, %s) can't be had: %s",
                        site.getSymbol(), site.getModule(), Hex.of(site.getAddress()), reason(site)));
            }
            return;
        }
        Map<String, List<SiteInfo>> byReason = refused.stream().collect(Collectors.groupingBy(SiteInfo::getState));
        byReason.forEach((state, some) -> Complaint.warning(String.format(
                "%d of %d sites can't be had, such as %s: %s",
                some.size(),
                placed.getPlaced() + placed.getMissing(),
                some.get(0).getSymbol(),
                reason(some.get(0)))));
        Complaint.warning("all of them: dyntrace list-tracepoints " + pid + " -a");
    }

    private static String reason(SiteInfo site) {
        return site.getReason().isEmpty() ? site.getState() : site.getState() + ": " + site.getReason();
    }
}
