package org.dyntrace.e2e;

import java.awt.Component;
import java.awt.Container;
import java.awt.Dimension;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.InputEvent;
import java.awt.event.KeyEvent;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import javax.swing.AbstractButton;
import javax.swing.JLabel;
import javax.swing.JTabbedPane;
import javax.swing.JTable;
import javax.swing.JTextField;
import javax.swing.JTree;
import javax.swing.SwingUtilities;
import javax.swing.text.JTextComponent;
import javax.swing.tree.DefaultMutableTreeNode;
import javax.swing.tree.TreePath;

/**
 * Sits in a JConsole as an agent and does what a person would: selects in its tree, types into its fields, and clicks, by the
 * events of a real display. Prints what it sees, and leaves pictures. Its argument is "PID,DIRECTORY".
 */
public final class JconsoleDriver {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    /** JConsole puts a window of its own in the place of System.out. */
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true);

    private final Robot robot = new Robot();
    private final String pid;
    private final File pictures;

    private JconsoleDriver(String pid, File pictures) throws Exception {
        this.pid = pid;
        this.pictures = pictures;
        robot.setAutoDelay(20);
    }

    /** The command that starts JConsole has the same environment; there it does nothing. */
    public static void premain(String arguments) {
        if (!System.getProperty("sun.java.command", "").contains("JConsole")) {
            return;
        }
        Thread thread = new Thread(() -> {
            int code = 1;
            try {
                String[] words = arguments.split(",");
                JconsoleDriver driver = new JconsoleDriver(words[0], new File(words[1]));
                try {
                    driver.drive();
                    OUT.println("driver: all done");
                    code = 0;
                } finally {
                    driver.picture("last");
                }
            } catch (Exception e) {
                e.printStackTrace(OUT);
            }
            OUT.flush();
            Runtime.getRuntime().halt(code);
        });
        thread.start();
    }

    private void drive() throws Exception {
        JTabbedPane tabs = await("the tabs", () -> first(JTabbedPane.class, pane -> indexOf(pane, "MBeans") >= 0));
        // All fields of an operation are in one row: make the window as large as the screen.
        swing(() -> {
            Dimension screen = Toolkit.getDefaultToolkit().getScreenSize();
            SwingUtilities.getWindowAncestor(tabs).setBounds(0, 0, screen.width, screen.height);
            return null;
        });
        int beans = swing(() -> indexOf(tabs, "MBeans"));
        // While it connects, JConsole takes no clicks.
        while (swing(tabs::getSelectedIndex) != beans) {
            click(tabs, swing(() -> tabs.getBoundsAt(beans)));
            Thread.sleep(200);
        }
        JTree tree = await("the tree", () -> first(JTree.class, JTree::isShowing));

        // a process, with its description
        select(tree, "dyntrace", "Process", pid);
        String described = await("the description", () -> cell("A process"));
        OUT.println("driver: process described " + described);
        picture("process");

        select(tree, "dyntrace", "Process", pid, "Operations", "addTracepoint");
        AbstractButton button =
                await("the button", () -> first(AbstractButton.class, b -> "addTracepoint".equals(b.getText())));
        List<JTextField> fields = swing(() -> fields(button.getParent()));
        OUT.println("driver: fields " + fields.size() + ", enabled " + swing(button::isEnabled));
        String[] values = {"callee", "false", "clicked", "count"};
        for (int i = 0; i < values.length; i++) {
            type(fields.get(i), values[i]);
        }
        picture("operation");
        click(button, null);
        Window answer = await(
                "the answer",
                () -> Arrays.stream(Window.getWindows())
                        .filter(window -> window.isShowing() && title(window).contains("return value")
                                || title(window).contains("Problem"))
                        .findFirst()
                        .orElse(null));
        OUT.println("driver: answer " + title(answer));
        picture("answer");
        press(KeyEvent.VK_ESCAPE);

        select(tree, "dyntrace", "Tracepoint", pid, "clicked");
        OUT.println("driver: tracepoint described " + await("the description", () -> cell("A tracepoint")));
        select(tree, "dyntrace", "Tracepoint", pid, "clicked", "Attributes");
        OUT.println("driver: attribute " + await("the attributes", () -> cell("Hits")));
        picture("tracepoint");
    }

    private static int indexOf(JTabbedPane pane, String title) {
        for (int i = 0; i < pane.getTabCount(); i++) {
            if (title.equals(pane.getTitleAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private static String title(Window window) {
        return window instanceof java.awt.Dialog dialog && dialog.getTitle() != null ? dialog.getTitle() : "";
    }

    /** Looks for a node by its way from the root; each is shown, so that JConsole fills in what is below. */
    private void select(JTree tree, String... way) throws Exception {
        for (int length = 1; length <= way.length; length++) {
            List<String> part = Arrays.asList(way).subList(0, length);
            TreePath path = await(part.toString(), () -> find(tree, part));
            swing(() -> {
                tree.expandPath(path);
                tree.scrollPathToVisible(path);
                return null;
            });
            if (length == way.length || length == 3) {
                click(tree, await("" + part, () -> tree.getPathBounds(path)));
            }
        }
    }

    private static TreePath find(JTree tree, List<String> way) {
        DefaultMutableTreeNode node = (DefaultMutableTreeNode) tree.getModel().getRoot();
        for (String name : way) {
            DefaultMutableTreeNode found = null;
            for (Enumeration<?> children = node.children(); children.hasMoreElements(); ) {
                DefaultMutableTreeNode child = (DefaultMutableTreeNode) children.nextElement();
                if (name.equals(label(tree, child))) {
                    found = child;
                }
            }
            if (found == null) {
                return null;
            }
            node = found;
        }
        return new TreePath(node.getPath());
    }

    /** What is on the screen: names of tracepoints are quoted there. */
    private static String label(JTree tree, Object node) {
        Component shown =
                tree.getCellRenderer().getTreeCellRendererComponent(tree, node, false, false, false, 0, false);
        return ((JLabel) shown).getText().replace("\"", "");
    }

    /** {@return the first cell of a table, or text, that shows this} */
    private static String cell(String text) {
        for (JTable table : all(JTable.class)) {
            for (int row = 0; table.isShowing() && row < table.getRowCount(); row++) {
                for (int column = 0; column < table.getColumnCount(); column++) {
                    String value = String.valueOf(table.getValueAt(row, column));
                    if (value.startsWith(text)) {
                        return value;
                    }
                }
            }
        }
        return all(JTextComponent.class).stream()
                .filter(Component::isShowing)
                .map(JTextComponent::getText)
                .filter(shown -> shown.startsWith(text))
                .findFirst()
                .orElse(null);
    }

    private static List<JTextField> fields(Container panel) {
        List<JTextField> found = new ArrayList<>();
        collect(panel, JTextField.class, found);
        return found;
    }

    private void type(JTextField field, String value) throws Exception {
        swing(() -> {
            field.scrollRectToVisible(new Rectangle(field.getSize()));
            return null;
        });
        click(field, null);
        swing(() -> {
            field.selectAll();
            return null;
        });
        for (char c : value.toCharArray()) {
            press(KeyEvent.getExtendedKeyCodeForChar(c));
        }
        await("'" + value + "' typed", () -> field.getText().equals(value) ? value : null);
    }

    private void press(int key) {
        robot.keyPress(key);
        robot.keyRelease(key);
    }

    private void click(Component component, Rectangle within) throws Exception {
        Point at =
                await("" + component.getClass(), () -> component.isShowing() ? component.getLocationOnScreen() : null);
        Rectangle area = within == null ? swing(() -> new Rectangle(component.getSize())) : within;
        robot.mouseMove(at.x + area.x + area.width / 2, at.y + area.y + area.height / 2);
        robot.mousePress(InputEvent.BUTTON1_DOWN_MASK);
        robot.mouseRelease(InputEvent.BUTTON1_DOWN_MASK);
        robot.waitForIdle();
    }

    private void picture(String name) throws Exception {
        robot.waitForIdle();
        Rectangle screen = new Rectangle(Toolkit.getDefaultToolkit().getScreenSize());
        ImageIO.write(robot.createScreenCapture(screen), "png", new File(pictures, name + ".png"));
    }

    private static <T> T first(Class<T> type, Predicate<T> wanted) {
        return all(type).stream().filter(wanted).findFirst().orElse(null);
    }

    private static <T> List<T> all(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Window window : Window.getWindows()) {
            collect(window, type, found);
        }
        return found;
    }

    private static <T> void collect(Component component, Class<T> type, List<T> found) {
        if (type.isInstance(component)) {
            found.add(type.cast(component));
        }
        if (component instanceof Container container) {
            for (Component child : container.getComponents()) {
                collect(child, type, found);
            }
        }
    }

    private static <T> T swing(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        SwingUtilities.invokeAndWait(task);
        return task.get();
    }

    private static <T> T await(String what, Callable<T> come) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() - end < 0) {
            T result = swing(come);
            if (result != null) {
                return result;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("JConsole does not show " + what);
    }
}
