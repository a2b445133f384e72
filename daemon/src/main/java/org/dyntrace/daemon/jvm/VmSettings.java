package org.dyntrace.daemon.jvm;

import java.util.List;

/**
 * What a JVM was told that matters for an attach.
 *
 * @param release its feature release, like 17; 9 for any before 10; 0: not known
 * @param attachDisabled -XX:+DisableAttachMechanism
 * @param fewSignals -Xrs: it doesn't listen for SIGQUIT, which would end it
 * @param dynamicLoading whether agents may be loaded while it runs
 * @param dynamicLoadingChosen whether the command line says so; a JVM of release 21 or later warns on its stderr if not
 */
record VmSettings(
        int release, boolean attachDisabled, boolean fewSignals, boolean dynamicLoading, boolean dynamicLoadingChosen) {
    private static final String DYNAMIC_LOADING = "EnableDynamicAgentLoading";

    /** For a JVM whose memory may not be read: what its command line and environment tell. */
    static VmSettings of(List<String> options) {
        return new VmSettings(
                0,
                last(options, "DisableAttachMechanism", false),
                options.contains("-Xrs") || last(options, "ReduceSignalUsage", false),
                last(options, DYNAMIC_LOADING, true),
                options.stream().anyMatch(option -> option.endsWith(DYNAMIC_LOADING)));
    }

    /** The last one counts. */
    private static boolean last(List<String> options, String flag, boolean otherwise) {
        return Math.max(options.lastIndexOf("-XX:+" + flag), otherwise ? 0 : -1) > options.lastIndexOf("-XX:-" + flag);
    }
}
