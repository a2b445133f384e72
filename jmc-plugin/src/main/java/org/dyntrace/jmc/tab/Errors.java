package org.dyntrace.jmc.tab;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.dyntrace.jmc.model.Change;
import org.dyntrace.mbeans.Failure;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.MultiStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.eclipse.swt.widgets.Shell;

/** Failures, in the dialog that JMC and Eclipse show theirs in: what happened, what to do, and the reason's name; no exception, which is logged. */
final class Errors {
    private static final String BUNDLE = "org.dyntrace.jmc";
    private static final Logger LOG = Logger.getLogger(BUNDLE);

    private Errors() {}

    /** Shows changes that have failed; returns when the user has seen it. */
    static void show(Shell shell, List<Change<?>> changes) {
        changes.forEach(each -> LOG.log(Level.FINE, each.title(), each.failure()));
        if (changes.size() == 1) {
            Change<?> only = changes.get(0);
            IStatus status = new Status(IStatus.ERROR, BUNDLE, text(only.failure()));
            ErrorDialog.openError(shell, Text.ERROR_TITLE.of(), what(only), status);
        } else {
            IStatus[] all = changes.stream()
                    .map(each -> new Status(IStatus.ERROR, BUNDLE, what(each) + " " + text(each.failure())))
                    .toArray(IStatus[]::new);
            String several = Text.SEVERAL_FAILED.of(changes.size());
            IStatus status = new MultiStatus(
                    BUNDLE, IStatus.ERROR, all, text(changes.get(0).failure()), null);
            ErrorDialog.openError(shell, Text.ERROR_TITLE.of(), several, status);
        }
    }

    private static String what(Change<?> change) {
        return Text.NOTE.of(change.title(), change.failure().getMessage());
    }

    /** {@return what to do, and the reason's name, which the manual has} */
    static String text(Failure failure) {
        return failure.hint() + " (" + failure.reason() + ")";
    }
}
