package org.dyntrace.jmc.page;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.dyntrace.jmc.tab.Icon;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IExecutableExtensionFactory;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;

/** Makes the factory of the page "Durations": JMC asks it what the page is called, and for one page for each recording that is open. */
public final class DurationPages implements IExecutableExtensionFactory {
    /** That of the rules: JMC shows here what they find. */
    private static final String TOPIC = "dyntrace";

    /** Made by Eclipse's extension registry. */
    public DurationPages() {}

    @Override
    public Object create() throws CoreException {
        try {
            JmcTypes types = JmcTypes.find();
            Map<String, Function<Object[], Object>> answers = new HashMap<>();
            answers.put("getName", state -> Text.NAME.of());
            answers.put("getDescription", state -> Text.DESCRIPTION.of());
            answers.put("getTopics", state -> new String[] {TOPIC});
            answers.put("getImageDescriptor", state -> Icon.DYNTRACE.descriptor());
            answers.put("createPage", of -> new DurationPage(types, of[1]).asJmcHasIt());
            return types.factory().answering(answers);
        } catch (ClassNotFoundException e) {
            throw new CoreException(
                    new Status(IStatus.ERROR, "org.dyntrace.jmc", "This JMC has no " + e.getMessage() + ".", e));
        }
    }
}
