package org.dyntrace.jmc.host;

import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.Platform;
import org.eclipse.e4.core.contexts.ContextInjectionFactory;
import org.eclipse.e4.core.contexts.EclipseContextFactory;
import org.eclipse.e4.core.contexts.IEclipseContext;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.ManagedForm;
import org.openjdk.jmc.common.action.Executable;
import org.openjdk.jmc.common.jvm.JVMArch;
import org.openjdk.jmc.common.jvm.JVMDescriptor;
import org.openjdk.jmc.common.jvm.JVMType;
import org.openjdk.jmc.rjmx.actionprovider.IActionFactory;
import org.openjdk.jmc.rjmx.common.IServerDescriptor;

/**
 * Shows the page that is contributed to JMX consoles, and does the action that is contributed for local JVMs, as JMC does: by what
 * the extension registry says. What does not come into sight ends it with an exception.
 */
public final class Console implements IApplication {
    private static final long NANOS = 60_000_000_000L;

    private final Display display = new Display();

    /** Made by Equinox. */
    public Console() {}

    /**
     * Arguments: where the MBeans of the daemon are, the pid of a process with the tracepoint "loop", two files for pictures.
     *
     * @return {@link IApplication#EXIT_OK}
     */
    @Override
    public Object start(IApplicationContext context) throws Exception {
        String[] arguments = (String[]) context.getArguments().get(IApplicationContext.APPLICATION_ARGS);
        List<String> own = Arrays.asList(arguments).subList(arguments.length - 4, arguments.length);
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(own.get(0)))) {
            showTab(connector.getMBeanServerConnection(), own.get(1), own.get(2));
        }
        doAction(own.get(3));
        display.dispose();
        System.out.println("console: all done");
        return EXIT_OK;
    }

    @Override
    public void stop() {
        display.syncExec(display::dispose);
    }

    private void showTab(MBeanServerConnection server, String pid, String picture) throws Exception {
        IConfigurationElement contributed = contribution("org.openjdk.jmc.console.ui.consolepage");
        expect("JMC's console", "org.openjdk.jmc.console.ui.editor".equals(contributed.getAttribute("hostEditorId")));
        Shell shell = new Shell(display);
        shell.setText(contributed.getAttribute("name"));
        Image icon = icon(contributed);
        shell.setImage(icon);
        shell.setLayout(new FillLayout());
        shell.setBounds(0, 0, 1500, 900);
        ManagedForm form = new ManagedForm(shell);
        form.getForm().setText(contributed.getAttribute("name"));
        form.getForm().setImage(icon);
        shell.open();
        IEclipseContext context = EclipseContextFactory.create();
        context.set(MBeanServerConnection.class, server);
        context.set(IManagedForm.class, form);
        context.set(Composite.class, form.getForm().getBody());
        ContextInjectionFactory.inject(contributed.createExecutableExtension("class"), context);
        shell.layout(true, true);

        await("the process", () -> select(shell, pid + "|"));
        await("its tracepoint", () -> select(shell, "loop|"));
        await("its hits", () -> rows(shell).stream().anyMatch(row -> row.matches("loop\\|.*\\|count\\|[1-9].*")));
        save(picture);
        shell.dispose();
        icon.dispose();
    }

    private void doAction(String picture) throws Exception {
        IConfigurationElement provider = contribution("org.openjdk.jmc.rjmx.actionProvider");
        icon(provider).dispose();
        IConfigurationElement action = provider.getChildren("action")[0];
        icon(action).dispose();
        int pid = (int) ProcessHandle.current().pid();
        JVMDescriptor jvm = new JVMDescriptor(
                "17", JVMType.HOTSPOT, JVMArch.BIT64, "equinox", "", "OpenJDK", "any", pid, false, null);
        IServerDescriptor server = IServerDescriptor.create("id", "this JVM", jvm);
        Executable executable =
                ((IActionFactory) action.createExecutableExtension("factory")).createAction(() -> server);
        Thread job = new Thread(
                () -> {
                    try {
                        executable.execute();
                    } catch (Exception e) {
                        e.printStackTrace();
                    }
                },
                "job");
        job.start();
        await("a window", () -> display.getShells().length == 1 && display.getShells()[0].isVisible());
        Shell window = display.getShells()[0];
        await("this JVM in it", () -> rows(window).stream().anyMatch(row -> row.startsWith(pid + "|")));
        expect("its name", window.getText().contains("this JVM"));
        save(picture);
        window.close();
    }

    private static IConfigurationElement contribution(String point) {
        IConfigurationElement[] all = Platform.getExtensionRegistry().getConfigurationElementsFor(point);
        expect("one contribution to " + point, all.length == 1);
        return all[0];
    }

    /** {@return the icon of a contribution, of which there are two sizes} */
    private Image icon(IConfigurationElement contributed) {
        String path = contributed.getAttribute("icon");
        URL small = Platform.getBundle(contributed.getContributor().getName()).getEntry(path);
        URL large =
                Platform.getBundle(contributed.getContributor().getName()).getEntry(path.replace(".png", "@2x.png"));
        expect(path, small != null && large != null);
        ImageDescriptor descriptor = ImageDescriptor.createFromURL(small);
        expect(path + " of 16 pixels", descriptor.getImageData(100).width == 16);
        expect(path + " of 32 pixels", descriptor.getImageData(200).width == 32);
        return descriptor.createImage(display);
    }

    private static void expect(String what, boolean so) {
        if (!so) {
            throw new IllegalStateException("not so: " + what);
        }
    }

    private void await(String what, BooleanSupplier come) {
        long deadline = System.nanoTime() + NANOS;
        // Wakes the loop: what is awaited may come without an event.
        Runnable tick = new Runnable() {
            @Override
            public void run() {
                if (!display.isDisposed()) {
                    display.timerExec(50, this);
                }
            }
        };
        display.timerExec(50, tick);
        while (!come.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not seen: " + what);
            }
            if (!display.readAndDispatch()) {
                display.sleep();
            }
        }
        display.timerExec(-1, tick);
        System.out.println("console: " + what);
    }

    /** Clicks on the first row that begins so, once it is there. */
    private static boolean select(Composite in, String begin) {
        for (Table table : tables(in)) {
            for (int i = 0; i < table.getItemCount(); i++) {
                if (row(table, i).startsWith(begin)) {
                    table.setSelection(i);
                    table.notifyListeners(SWT.Selection, new Event());
                    return true;
                }
            }
        }
        return false;
    }

    private static List<String> rows(Composite in) {
        List<String> rows = new ArrayList<>();
        for (Table table : tables(in)) {
            for (int i = 0; i < table.getItemCount(); i++) {
                rows.add(row(table, i));
            }
        }
        return rows;
    }

    private static String row(Table table, int index) {
        List<String> cells = new ArrayList<>();
        for (int column = 0; column < table.getColumnCount(); column++) {
            cells.add(table.getItem(index).getText(column));
        }
        return String.join("|", cells);
    }

    private static List<Table> tables(Composite in) {
        List<Table> found = new ArrayList<>();
        for (Control child : in.getChildren()) {
            if (child instanceof Table table) {
                found.add(table);
            } else if (child instanceof Composite composite) {
                found.addAll(tables(composite));
            }
        }
        return found;
    }

    private void save(String file) {
        while (display.readAndDispatch()) {
            // What is to be painted.
        }
        Image image = new Image(display, display.getBounds().width, display.getBounds().height);
        GC gc = new GC(display);
        gc.copyArea(image, 0, 0);
        gc.dispose();
        ImageLoader loader = new ImageLoader();
        loader.data = new ImageData[] {image.getImageData()};
        loader.save(file, SWT.IMAGE_PNG);
        image.dispose();
    }
}
