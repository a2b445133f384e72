package org.dyntrace.jmc.tab;

import java.util.OptionalLong;
import org.dyntrace.jmc.model.Way;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.forms.ManagedForm;

/** The same as the tab in a window of its own, for the daemon of this machine. */
public final class DaemonWindow {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 800;

    private DaemonWindow() {}

    /**
     * Opens it. It says so when there is no daemon, and waits for one.
     *
     * @param display of the user interface, whose thread this is
     * @param way to the daemon; closed with the window
     * @param pid the process to choose
     * @param title what the window is called
     */
    public static void open(Display display, Way way, long pid, String title) {
        Shell shell = new Shell(display, SWT.SHELL_TRIM);
        shell.setText(Text.WINDOW_TITLE.of(title));
        shell.setLayout(new FillLayout());
        ManagedForm form = new ManagedForm(shell);
        form.getToolkit().decorateFormHeading(form.getForm().getForm());
        form.getForm().setText(shell.getText());
        shell.addDisposeListener(event -> form.dispose());
        shell.setSize(WIDTH, HEIGHT);
        shell.open();
        new DaemonPane(form, way, OptionalLong.of(pid));
        shell.layout(true, true);
    }

    /**
     * Says that the daemon of this machine has nothing to do with a program.
     *
     * @param display of the user interface, whose thread this is
     * @param title what the program is called
     */
    public static void elsewhere(Display display, String title) {
        MessageDialog.openInformation(display.getActiveShell(), Text.ERROR_TITLE.of(), Text.ELSEWHERE.of(title));
    }
}
