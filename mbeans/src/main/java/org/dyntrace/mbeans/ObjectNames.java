package org.dyntrace.mbeans;

import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/** The names of the daemon's MBeans, all in the domain {@code dyntrace}. */
public final class ObjectNames {
    private ObjectNames() {}

    /** {@return the daemon's name} */
    public static ObjectName daemon() {
        return name("dyntrace:type=Daemon");
    }

    /**
     * The name of a process.
     *
     * @param pid its pid
     * @return its name
     */
    public static ObjectName process(long pid) {
        return name("dyntrace:type=Process,pid=" + pid);
    }

    /**
     * The name of a tracepoint.
     *
     * @param pid the pid of its process
     * @param tracepoint the tracepoint's name; quoted where JMX asks for it
     * @return its name
     */
    public static ObjectName tracepoint(long pid, String tracepoint) {
        String value = tracepoint.matches("[\\w.+-]+") ? tracepoint : ObjectName.quote(tracepoint);
        return name("dyntrace:type=Tracepoint,pid=" + pid + ",name=" + value);
    }

    /**
     * The name of a recording.
     *
     * @param recording its name
     * @return its name as an MBean
     */
    public static ObjectName recording(String recording) {
        return name("dyntrace:type=Recording,name=" + recording);
    }

    private static ObjectName name(String text) {
        try {
            return new ObjectName(text);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
