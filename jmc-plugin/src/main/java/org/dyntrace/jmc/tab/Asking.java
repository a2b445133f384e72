package org.dyntrace.jmc.tab;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.jface.window.Window;
import org.eclipse.jface.wizard.ProgressMonitorPart;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.jface.wizard.WizardDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Shell;

/**
 * Asks by a wizard. Its window is made, its first page is filled, and it is shown, each in an event of its own: together that takes too long. It is
 * one at a time, though a user may press again in between.
 */
final class Asking {
    private boolean asks;

    /**
     * Opens a wizard, unless one is open.
     *
     * @param over the window below
     * @param size of its pages
     * @param wizard the wizard
     * @param first its first page
     * @param images has the picture in its heading
     * @param finished called when it was finished, and not cancelled
     */
    void open(Shell over, Point size, Wizard wizard, LatePage first, ResourceManager images, Runnable finished) {
        if (asks) {
            return;
        }
        asks = true;
        WizardDialog dialog = window(over, wizard, images);
        dialog.setPageSize(size);
        step(
                over,
                new ArrayDeque<>(List.of(
                        () -> {
                            dialog.create();
                            dialog.getShell().addListener(SWT.Dispose, event -> asks = false);
                        },
                        first::fill,
                        dialog::updateSize,
                        () -> {
                            if (dialog.open() == Window.OK && !over.isDisposed()) {
                                finished.run();
                            }
                        })));
    }

    /** {@return a wizard's window, not made yet} */
    static WizardDialog window(Shell over, Wizard wizard, ResourceManager images) {
        // JFace's own are drawings that have to be computed.
        wizard.setDefaultPageImageDescriptor(Icon.WIZARD.descriptor());
        WizardDialog dialog = new Plain(over, wizard);
        dialog.setTitleImage(Icon.WIZARD.of(images));
        return dialog;
    }

    private void step(Shell over, Deque<Runnable> steps) {
        try {
            steps.removeFirst().run();
        } catch (RuntimeException e) {
            asks = false;
            throw e;
        }
        if (!steps.isEmpty()) {
            over.getDisplay().asyncExec(() -> {
                // With the window below, that of the wizard has gone.
                if (!over.isDisposed()) {
                    step(over, steps);
                }
            });
        }
    }

    /** Without a part that shows progress: pages show what they wait for, and its button is a drawing that has to be computed. */
    private static final class Plain extends WizardDialog {
        Plain(Shell over, Wizard wizard) {
            super(over, wizard);
        }

        @Override
        protected ProgressMonitorPart createProgressMonitorPart(Composite parent, GridLayout layout) {
            return new ProgressMonitorPart(parent, layout);
        }
    }
}
