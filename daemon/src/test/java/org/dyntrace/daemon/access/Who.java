package org.dyntrace.daemon.access;

import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Answers who asks. */
public final class Who implements WhoMXBean {
    @Override
    public String getCaller() {
        Caller caller = Caller.current();
        String groups =
                new TreeSet<>(caller.groups()).stream().map(String::valueOf).collect(Collectors.joining(","));
        return "uid=" + caller.uid() + " gid=" + caller.gid() + " groups=" + groups + " pid=" + caller.pid();
    }

    @Override
    public void fail() {
        throw new Failure(Reason.NO_SUCH_SYMBOL, "No function f.", "Look for others.");
    }

    @Override
    public void crash() {
        throw new OwnException();
    }

    /** An exception of a class that clients have not got. */
    private static final class OwnException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
