package org.dyntrace.jmc.tab;

import java.util.List;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.jface.window.Window;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;

/**
 * Makes windows that are never shown, each with little more than the one before, before the tab is: what a virtual machine and GTK do the first time
 * only, so that the first wizard does not have to do all of it in one event.
 */
final class Rehearsal {
    private Rehearsal() {}

    /** {@return what is to be done, each in an event of its own} */
    static List<Runnable> steps(Shell over, ResourceManager images) {
        return List.of(
                () -> make(new MessageDialog(over, "", null, "", MessageDialog.QUESTION, 0, "")),
                () -> make(new TitleAreaDialog(over)),
                () -> make(Asking.window(over, new Nothing(), images)));
    }

    private static void make(Window window) {
        window.create();
        window.close();
    }

    private static final class Nothing extends Wizard {
        Nothing() {
            addPage(new Empty());
        }

        @Override
        public boolean performFinish() {
            return true;
        }
    }

    private static final class Empty extends LatePage {
        Empty() {
            super("empty", Text.ADD_WHERE);
        }

        @Override
        void fill(Composite area) {
            // It has no fields.
        }
    }
}
