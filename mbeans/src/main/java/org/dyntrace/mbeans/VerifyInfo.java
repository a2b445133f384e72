package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.List;

/** How the code of a process compares with the files that it comes from. */
public final class VerifyInfo {
    private final long pid;
    private final String name;
    private final String kind;
    private final int modules;
    private final long codeBytes;
    private final long untouchedBytes;
    private final long trampolineBytes;
    private final long dyntraceCount;
    private final long foreignCount;
    private final List<DifferenceInfo> differences;
    private final List<NotComparedInfo> notCompared;

    /**
     * A comparison.
     *
     * @param pid the process
     * @param name its name in the listings
     * @param kind native or jvm
     * @param modules how many files were compared
     * @param codeBytes how many bytes of code they have mapped
     * @param untouchedBytes how many of these bytes are not in the process's memory now: there is nothing but the file
     * @param trampolineBytes executable memory that dyntrace has added to the process; it belongs to no file
     * @param dyntraceCount how many differences are dyntrace's
     * @param foreignCount how many are not
     * @param differences these, by address; of each kind 20,000 at the most
     * @param notCompared code that could not be compared
     */
    @ConstructorProperties({
        "pid",
        "name",
        "kind",
        "modules",
        "codeBytes",
        "untouchedBytes",
        "trampolineBytes",
        "dyntraceCount",
        "foreignCount",
        "differences",
        "notCompared"
    })
    public VerifyInfo(
            long pid,
            String name,
            String kind,
            int modules,
            long codeBytes,
            long untouchedBytes,
            long trampolineBytes,
            long dyntraceCount,
            long foreignCount,
            List<DifferenceInfo> differences,
            List<NotComparedInfo> notCompared) {
        this.pid = pid;
        this.name = name;
        this.kind = kind;
        this.modules = modules;
        this.codeBytes = codeBytes;
        this.untouchedBytes = untouchedBytes;
        this.trampolineBytes = trampolineBytes;
        this.dyntraceCount = dyntraceCount;
        this.foreignCount = foreignCount;
        this.differences = List.copyOf(differences);
        this.notCompared = List.copyOf(notCompared);
    }

    /** {@return the process} */
    public long getPid() {
        return pid;
    }

    /** {@return its name in the listings} */
    public String getName() {
        return name;
    }

    /** {@return native or jvm} */
    public String getKind() {
        return kind;
    }

    /** {@return how many files were compared} */
    public int getModules() {
        return modules;
    }

    /** {@return how many bytes of code they have mapped} */
    public long getCodeBytes() {
        return codeBytes;
    }

    /** {@return how many of these bytes are not in the process's memory now: there is nothing but the file} */
    public long getUntouchedBytes() {
        return untouchedBytes;
    }

    /** {@return bytes of executable memory that dyntrace has added to the process; they belong to no file} */
    public long getTrampolineBytes() {
        return trampolineBytes;
    }

    /** {@return how many differences are dyntrace's} */
    public long getDyntraceCount() {
        return dyntraceCount;
    }

    /** {@return how many differences are not dyntrace's} */
    public long getForeignCount() {
        return foreignCount;
    }

    /** {@return the differences, by address; of each kind 20,000 at the most} */
    public List<DifferenceInfo> getDifferences() {
        return differences;
    }

    /** {@return code that could not be compared} */
    public List<NotComparedInfo> getNotCompared() {
        return notCompared;
    }
}
