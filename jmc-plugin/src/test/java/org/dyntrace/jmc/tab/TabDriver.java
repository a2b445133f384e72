package org.dyntrace.jmc.tab;

import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.MBeanServerConnection;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.EclipseContextFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.dialogs.ProgressIndicator;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.ManagedForm;
import org.eclipse.ui.forms.widgets.ExpandableComposite;
import org.eclipse.ui.forms.widgets.Section;

/**
 * Runs in a JVM with a display: shows the tab as JMC's console does, over JMC's own connection, while a scenario uses it as a user does. What is
 * not as it should be ends it.
 */
final class TabDriver {
    private TabDriver() {}

    /**
     * Arguments: a scenario, the installation, the run directory, a directory for files, one for pictures, and whose console it is: "daemon", or "own" for
     * that of this JVM, which is no daemon.
     */
    public static void main(String[] arguments) throws Exception {
        Scenario scenario =
                (Scenario) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        Path rundir = Path.of(arguments[2]);
        DaemonProcess daemon = new DaemonProcess(Path.of(arguments[1]), rundir, Path.of(arguments[3]));
        daemon.start();
        Freezes freezes = new Freezes();
        Display display = new Loop(freezes);
        UserThread calls = new UserThread(display.getThread());
        Shell shell = new Shell(display);
        shell.setText(Screen.CONSOLE);
        shell.setLayout(new FillLayout());
        shell.setBounds(0, 0, 1500, 900);
        ManagedForm form = new ManagedForm(shell);
        form.getForm().setText("dyntrace");
        form.getToolkit().decorateFormHeading(form.getForm().getForm());
        shell.addDisposeListener(event -> form.dispose());
        shell.open();
        boolean stranger = arguments[5].equals("own");
        try (JmcConnection jmc = stranger ? null : new JmcConnection(Long.toString(daemon.pid()))) {
            MBeanServerConnection server = stranger ? ManagementFactory.getPlatformMBeanServer() : jmc.server();
            IEclipseContext context = EclipseContextFactory.create();
            context.set(MBeanServerConnection.class, calls.watch(server));
            context.set(IManagedForm.class, form);
            warmUp(display, form, context);
            freezes.during("opening");
            display.asyncExec(() -> {
                ContextInjectionFactory.inject(new DyntraceTab(), context);
                shell.layout(true, true);
            });
            Stage stage = new Stage(
                    new Screen(display, freezes),
                    rundir,
                    Path.of(arguments[3]),
                    Path.of(arguments[4]),
                    freezes,
                    calls,
                    daemon);
            Thread user = new Thread(() -> {
                try {
                    scenario.act(stage);
                    calls.check();
                    freezes.during("closing");
                    display.asyncExec(shell::dispose);
                } catch (Throwable e) {
                    e.printStackTrace();
                    stage.picture(scenario.getClass().getSimpleName() + "-failed");
                    Runtime.getRuntime().exit(1);
                }
            });
            user.setDaemon(true);
            user.start();
            while (!shell.isDisposed()) {
                if (!display.readAndDispatch()) {
                    display.sleep();
                }
            }
            freezes.check();
            System.out.println("driver: all done");
        }
        display.dispose();
    }

    /** JMC has shown tabs before this one: how they are made, and of what kinds of widgets, is no news to it. */
    private static void warmUp(Display display, ManagedForm form, IEclipseContext context) {
        ContextInjectionFactory.inject(new Another(), context);
        Section section = form.getToolkit().createSection(form.getForm().getBody(), ExpandableComposite.TITLE_BAR);
        section.setText("warm");
        section.setClient(form.getToolkit().createTable(section, SWT.VIRTUAL));
        form.getForm().getBody().setLayout(new FillLayout());
        form.reflow(true);
        new SashForm(section, SWT.HORIZONTAL);
        new ProgressIndicator(section);
        idle(display);
        section.dispose();
        form.getMessageManager().addMessage("warm", "warm", null, IMessageProvider.WARNING);
        form.getMessageManager().removeAllMessages();
        idle(display);
    }

    private static void idle(Display display) {
        while (display.readAndDispatch()) {
            // There is more.
        }
    }

    private static final class Another {
        @Inject
        void createPageContent(MBeanServerConnection server, IManagedForm form) {}
    }
}
