package org.dyntrace.jmc.tab;

import org.dyntrace.mbeans.Failure;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.eclipse.swt.widgets.Shell;

/** Failures, in the dialog that JMC and Eclipse show theirs in: what happened, and behind "reason" what to do. */
final class Errors {
    static final String BUNDLE = "org.dyntrace.jmc";

    private Errors() {}

    /** Shows a failure; returns when the user has seen it. */
    static void show(Shell shell, String doing, Failure failure) {
        IStatus status = new Status(IStatus.ERROR, BUNDLE, text(failure), failure);
        ErrorDialog.openError(shell, Text.ERROR_TITLE.of(), Text.NOTE.of(doing, failure.getMessage()), status);
    }

    /** {@return what to do, and the reason's name, which the manual has} */
    static String text(Failure failure) {
        return failure.hint() + " (" + failure.reason() + ")";
    }
}
