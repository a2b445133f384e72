package org.dyntrace.jmc.tab;

import java.util.OptionalLong;
import org.dyntrace.mbeans.connector.DaemonConnection;
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
     * Opens it.
     *
     * @param display of the user interface, whose thread this is
     * @param connection to the daemon; closed with the window
     * @param pid the process to choose
     * @param title what the window is called
     */
    public static void open(Display display, DaemonConnection connection, long pid, String title) {
        Shell shell = new Shell(display, SWT.SHELL_TRIM);
        shell.setText(Text.WINDOW_TITLE.of(title));
        shell.setLayout(new FillLayout());
        ManagedForm form = new ManagedForm(shell);
        form.getToolkit().decorateFormHeading(form.getForm().getForm());
        form.getForm().setText(shell.getText());
        new DaemonPane(form, connection.server(), OptionalLong.of(pid));
        shell.addDisposeListener(event -> {
            form.dispose();
            Thread closing = new Thread(connection::close, "dyntrace-close");
            closing.setDaemon(true);
            closing.start();
        });
        shell.setSize(WIDTH, HEIGHT);
        shell.open();
    }
}
