package org.dyntrace.jmc.page;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.dyntrace.jmc.tab.Icon;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.IWritableState;
import org.openjdk.jmc.common.item.IItemCollection;

/** The page of one recording. JMC shows it, takes it away, and shows it again, as the user goes through the pages; what was counted stays. */
final class DurationPage {
    private final JmcTypes types;
    private final Recording recording;

    /** A page for a recording, which is a StreamModel of JMC's. */
    DurationPage(JmcTypes types, Object model) {
        this.types = types;
        recording = new Recording(() -> (IItemCollection) types.model().call(model, "getItems"));
    }

    Object asJmcHasIt() {
        Map<String, Function<Object[], Object>> answers = new HashMap<>();
        answers.put("getName", none -> Text.NAME.of());
        answers.put("getDescription", none -> Text.DESCRIPTION.of());
        answers.put("getImageDescriptor", none -> Icon.DYNTRACE.descriptor());
        answers.put("display", with -> display((Composite) with[0], (FormToolkit) with[1], with[2], (IState) with[3]));
        return types.page().answering(answers);
    }

    private Object display(Composite parent, FormToolkit toolkit, Object container, IState state) {
        Consumer<IItemCollection> selected =
                calls -> types.container().call(container, "showSelection", IItemCollection.class, calls);
        DurationPane pane = new DurationPane(parent, toolkit, recording, selected, Layout.of(state));
        return types.shown().answering(Map.of("saveTo", to -> {
            pane.layout().saveTo((IWritableState) to[0]);
            return null;
        }));
    }
}
