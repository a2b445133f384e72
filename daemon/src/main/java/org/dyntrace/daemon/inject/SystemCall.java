package org.dyntrace.daemon.inject;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A system call that an agent makes.
 *
 * @param name its name
 * @param number its number
 * @param mayFail whether the agent does without it when it returns an error
 * @param arguments those that are known, from the first on; null for one that isn't
 */
record SystemCall(String name, int number, boolean mayFail, List<Long> arguments) {
    SystemCall {
        arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
    }

    static SystemCall needed(String name, int number, Long... arguments) {
        return new SystemCall(name, number, false, Arrays.asList(arguments));
    }

    static SystemCall tried(String name, int number, Long... arguments) {
        return new SystemCall(name, number, true, Arrays.asList(arguments));
    }
}
