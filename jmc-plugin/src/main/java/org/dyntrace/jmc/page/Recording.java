package org.dyntrace.jmc.page;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.openjdk.jmc.common.item.IItemCollection;

/** A recording that is open in JMC. What is found out about it stays, as it does not change. */
final class Recording {
    private final Supplier<IItemCollection> items;
    private volatile List<FunctionCalls> functions;

    /** What was chosen when its page was last seen. */
    private Set<String> chosen = Set.of();

    Recording(Supplier<IItemCollection> items) {
        this.items = items;
    }

    /** {@return the functions that it has calls of, which takes its time when it is asked first} */
    List<FunctionCalls> functions() {
        List<FunctionCalls> found = functions;
        if (found == null) {
            found = FunctionCalls.in(items.get());
            functions = found;
        }
        return found;
    }

    /** {@return the names of the functions that the user has chosen} */
    Set<String> chosen() {
        return chosen;
    }

    void choose(Set<String> names) {
        chosen = Set.copyOf(names);
    }
}
