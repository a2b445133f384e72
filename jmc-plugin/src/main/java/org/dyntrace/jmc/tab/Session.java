package org.dyntrace.jmc.tab;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.dyntrace.jmc.model.Daemon;
import org.dyntrace.jmc.model.Requests;
import org.dyntrace.mbeans.Failure;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.ui.forms.widgets.FormToolkit;

/**
 * What all parts of the tab work with.
 *
 * @param daemon the daemon
 * @param requests asks it
 * @param activity makes and shows changes
 * @param images holds icons
 * @param toolkit makes widgets that look like JMC's
 * @param looked is told of each look whether it failed
 */
record Session(
        Daemon daemon,
        Requests requests,
        Activity activity,
        ResourceManager images,
        FormToolkit toolkit,
        BiConsumer<String, Optional<Failure>> looked) {
    /** Looks at something; a failure is shown in the heading until the next look about the same succeeds. */
    <T> void look(String about, Callable<T> question, Consumer<T> answer) {
        requests.look(
                about,
                question,
                found -> {
                    looked.accept(about, Optional.empty());
                    answer.accept(found);
                },
                failure -> looked.accept(about, Optional.of(failure)));
    }
}
