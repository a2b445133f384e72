package org.dyntrace.jmc.host;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.dyntrace.jmc.tab.Freezes;
import org.dyntrace.jmc.tab.Loop;
import org.eclipse.core.runtime.IConfigurationElement;
import org.eclipse.core.runtime.Platform;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageData;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.layout.FillLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Form;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.StateToolkit;
import org.openjdk.jmc.common.util.StatefulState;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;
import org.openjdk.jmc.flightrecorder.ui.IDataPageFactory;
import org.openjdk.jmc.flightrecorder.ui.IDisplayablePage;
import org.openjdk.jmc.flightrecorder.ui.IPageDefinition;
import org.openjdk.jmc.flightrecorder.ui.IPageUI;
import org.openjdk.jmc.flightrecorder.ui.StreamModel;

/**
 * Shows the page of durations that is contributed to recordings, as JMC's editor does: what the extension registry and the file of pages say is made, and
 * used as by a user. What is seen is said, for the test to compare; what is wrong in any recording ends it with an exception.
 */
public final class Durations {
    private static final String POINT = "org.openjdk.jmc.flightrecorder.ui.datapage";
    private static final long NANOS = 60_000_000_000L;
    private static final int TICK_MILLIS = 10;
    private static final int FRAMES = 10;

    /** Of more calls only their number is told. */
    private static final int FEW = 1000;

    private final Freezes freezes = new Freezes();
    private final Display display = new Loop(freezes);
    private final Shell shell = new Shell(display);
    private final FormToolkit toolkit = new FormToolkit(display);
    private final Editor editor = new Editor();
    private final IDisplayablePage page;
    private IState state;
    private IPageUI shown;

    /** Arguments: a recording, what to do with its page ("empty" or "calls"), where to put pictures and how their names begin. */
    public static void main(String[] arguments) throws Exception {
        Durations durations = new Durations(new File(arguments[0]));
        durations.warmUp();
        switch (arguments[1]) {
            case "empty" -> durations.lookAtNothing(arguments[2]);
            case "calls" -> durations.lookAtCalls(arguments[2]);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        durations.freezes.end();
        durations.freezes.check();
        System.out.println("durations: all done");
    }

    private Durations(File recording) throws Exception {
        IConfigurationElement factoryElement = null;
        IState described = null;
        for (IConfigurationElement each : Platform.getExtensionRegistry().getConfigurationElementsFor(POINT)) {
            if (each.getName().equals("factory")) {
                factoryElement = each;
            } else {
                described = pages(each);
            }
        }
        String id = factoryElement.getAttribute("id");
        IState description = find(described, id);
        IDataPageFactory factory = (IDataPageFactory) factoryElement.createExecutableExtension("class");
        state = description.getChild("state");
        if (state == null) {
            state = StatefulState.create(empty -> factory.resetToDefault(null, empty));
        }
        expect(
                "itself",
                factory.equals(factory) && !factory.equals(editor) && factory.hashCode() == factory.hashCode());
        System.out.println("name " + factory.getName(state));
        System.out.println("topics " + String.join(" ", factory.getTopics(state)));
        expect("a description", factory.getDescription(state).endsWith("."));
        expect("an icon", factory.getImageDescriptor(state).getImageData(100).width == 16);
        StreamModel model = new StreamModel(JfrLoaderToolkit.loadEvents(recording));
        page = factory.createPage(definition(factory, state), model, editor);
        expect("its name", page.getName().equals(factory.getName(state)));
        expect("its description", page.getDescription().equals(factory.getDescription(state)));
        expect("its icon", page.getImageDescriptor().equals(factory.getImageDescriptor(state)));
        expect(
                "what it does not say itself",
                !model.getItems().apply(page.getDefaultSelectionFilter()).hasItems());
    }

    private static IState pages(IConfigurationElement contributed) throws Exception {
        try (InputStream in = Platform.getBundle(contributed.getContributor().getName())
                .getEntry(contributed.getAttribute("file"))
                .openStream()) {
            return StateToolkit.fromXMLString(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** {@return the page of a factory} */
    private static IState find(IState in, String factory) {
        for (IState each : in.getChildren("page")) {
            if (each.getAttribute("factory").equals(factory)) {
                return each;
            }
            IState below = find(each, factory);
            if (below != null) {
                return below;
            }
        }
        return null;
    }

    private static IPageDefinition definition(IDataPageFactory factory, IState state) {
        return new IPageDefinition() {
            @Override
            public String getName() {
                return factory.getName(state);
            }

            @Override
            public String getDescription() {
                return factory.getDescription(state);
            }

            @Override
            public String[] getTopics() {
                return factory.getTopics(state);
            }

            @Override
            public ImageDescriptor getImageDescriptor() {
                return factory.getImageDescriptor(state);
            }

            @Override
            public IState getState() {
                return state;
            }
        };
    }

    /** JMC has shown pages before this one: of what kinds of widgets they are is no news to it. */
    private void warmUp() {
        shell.setText("recording");
        shell.setLayout(new FillLayout());
        shell.setBounds(0, 0, 1100, 800);
        Form form = toolkit.createForm(shell);
        form.setText("warm");
        form.getBody().setLayout(new FillLayout());
        toolkit.decorateFormHeading(form);
        SashForm sash = new SashForm(form.getBody(), SWT.VERTICAL);
        toolkit.adapt(sash);
        toolkit.createTable(sash, SWT.VIRTUAL).setHeaderVisible(true);
        toolkit.createLabel(sash, "warm");
        toolkit.createButton(sash, "warm", SWT.CHECK);
        Canvas canvas = new Canvas(sash, SWT.DOUBLE_BUFFERED | SWT.BORDER);
        canvas.setToolTipText("warm");
        shell.open();
        settle();
        form.dispose();
        freezes.begin();
    }

    private void lookAtNothing(String pictures) {
        freezes.during("without calls");
        open();
        await("a word", () -> texts().stream().anyMatch(text -> text.contains("no calls")));
        texts().forEach(text -> System.out.println("text " + text));
        beside(() -> save(pictures + "empty.png"));
        close();
    }

    private void lookAtCalls(String pictures) {
        freezes.during("while it is taken away");
        open();
        // It is taken away while it counts.
        close();
        settle();
        freezes.during("while it counts");
        open();
        expect("a word while it counts", texts().stream().anyMatch(text -> text.startsWith("Counting")));
        await(
                "functions",
                () -> !tables(shell).isEmpty() && tables(shell).get(0).getItemCount() > 0);
        await("bars", () -> canvas() != null && !buckets().isEmpty());
        beside(() -> rows().forEach(row -> System.out.println("row " + row)));
        System.out.println("says " + says());
        beside(() -> save(pictures + "all.png"));
        List<Bucket> all = buckets();
        freezes.during("with all functions");
        freezes.begin();
        all.forEach(bucket -> click("all", bucket));
        freezes.during("with a function");
        String first = rows().get(0).split("\\|")[0];
        chooseFirst();
        IItemCollection handed = selection("the calls of a function");
        beside(() -> tell("function|" + first, handed));
        List<Bucket> own = buckets();
        freezes.begin();
        own.forEach(bucket -> click(first, bucket));
        keys(own);
        sort();
        check(Button.class, "Logarithmic").setSelection(true);
        check(Button.class, "Logarithmic").notifyListeners(SWT.Selection, new Event());
        press(SWT.END);
        selection("the last bucket, before the picture");
        beside(() -> save(pictures + "chosen.png"));
        again(first);
        close();
    }

    /** A bar, by what the mouse finds. */
    private record Bucket(String text, int x) {}

    private List<Bucket> buckets() {
        List<Bucket> found = new ArrayList<>();
        Canvas canvas = canvas();
        for (int x = 0; x < canvas.getSize().x; x++) {
            mouse(SWT.MouseMove, x);
            String text = canvas.getToolTipText();
            if (text != null
                    && (found.isEmpty() || !found.get(found.size() - 1).text.equals(text))) {
                found.add(new Bucket(text, x));
            }
        }
        mouse(SWT.MouseExit, 0);
        expect("no tip beside it", canvas.getToolTipText() == null);
        return found;
    }

    private void click(String of, Bucket bucket) {
        mouse(SWT.MouseDown, bucket.x);
        IItemCollection calls = selection(bucket.text);
        beside(() -> tell("bucket|" + of + "|" + bucket.text, calls));
        expect("the bucket in words", says().equals(bucket.text));
    }

    /** From one bar to the next, to the ends, and away again. */
    private void keys(List<Bucket> own) {
        press(SWT.HOME);
        for (Bucket each : own) {
            expect(each.text, says().equals(each.text));
            press(SWT.ARROW_RIGHT);
        }
        press(SWT.END);
        expect("the last", says().equals(own.get(own.size() - 1).text));
        if (own.size() > 1) {
            press(SWT.ARROW_LEFT);
            expect("the one before", says().equals(own.get(own.size() - 2).text));
        }
        settle();
        editor.takeSelection();
        press(SWT.ESC);
        IItemCollection calls = selection("all calls of the function again");
        beside(() -> tell("escape", calls));
    }

    private void sort() {
        Table table = tables(shell).get(0);
        table.getColumn(0).notifyListeners(SWT.Selection, new Event());
        settle();
        System.out.println("byName " + String.join(";", names()));
        table.getColumn(0).notifyListeners(SWT.Selection, new Event());
        settle();
        System.out.println("byNameDown " + String.join(";", names()));
        table.getColumn(3).notifyListeners(SWT.Selection, new Event());
        settle();
    }

    private List<String> names() {
        return rows().stream().map(row -> row.split("\\|")[0]).toList();
    }

    /** Goes to another page and comes back, as JMC does. */
    private void again(String chosen) {
        state = StatefulState.create(shown);
        close();
        settle();
        editor.takeSelection();
        open();
        selection("what was chosen");
        Table table = tables(shell).get(0);
        expect(
                "the function",
                table.getSelectionCount() == 1
                        && table.getSelection()[0].getText().equals(chosen));
        expect("logarithmic", check(Button.class, "Logarithmic").getSelection());
    }

    /** In an event, as JMC does when its outline is clicked on. */
    private void open() {
        display.asyncExec(() -> {
            shown = page.display(shell, toolkit, editor, state);
            shell.layout();
        });
        while (shown == null) {
            display.readAndDispatch();
        }
    }

    private void close() {
        for (Control each : shell.getChildren()) {
            each.dispose();
        }
        shown = null;
    }

    private void chooseFirst() {
        Table table = tables(shell).get(0);
        table.setSelection(0);
        table.notifyListeners(SWT.Selection, new Event());
    }

    private void mouse(int kind, int x) {
        Event event = new Event();
        event.x = x;
        event.y = 10;
        event.button = 1;
        canvas().notifyListeners(kind, event);
    }

    private void press(int key) {
        Event event = new Event();
        event.keyCode = key;
        canvas().notifyListeners(SWT.KeyDown, event);
    }

    private IItemCollection selection(String what) {
        IItemCollection[] found = new IItemCollection[1];
        await(what, () -> {
            found[0] = editor.takeSelection();
            return found[0] != null;
        });
        return found[0];
    }

    private static void tell(String what, IItemCollection calls) {
        List<String> all = new ArrayList<>();
        long count = 0;
        for (IItemIterable each : calls) {
            IMemberAccessor<IQuantity, IItem> begin = JfrAttributes.START_TIME.getAccessor(each.getType());
            IMemberAccessor<IQuantity, IItem> duration = JfrAttributes.DURATION.getAccessor(each.getType());
            for (IItem call : each) {
                if (count++ < FEW) {
                    all.add(begin.getMember(call).clampedLongValueIn(UnitLookup.EPOCH_NS) + "+"
                            + duration.getMember(call).doubleValueIn(UnitLookup.NANOSECOND));
                }
            }
        }
        System.out.println("handed " + what + "|" + count + "|" + (count > FEW ? "" : String.join(" ", all)));
    }

    /** What is not done by a user is not measured. */
    private void beside(Runnable work) {
        freezes.end();
        work.run();
        freezes.begin();
    }

    private static void expect(String what, boolean so) {
        if (!so) {
            throw new IllegalStateException("not so: " + what);
        }
    }

    private void await(String what, BooleanSupplier come) {
        long deadline = System.nanoTime() + NANOS;
        while (!come.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not seen: " + what + " but " + texts() + rows());
            }
            dispatch();
        }
    }

    /** What was begun is done, as far as it is in sight. */
    private void settle() {
        for (int i = 0; i < FRAMES; i++) {
            dispatch();
        }
    }

    private void dispatch() {
        boolean[] ticked = new boolean[1];
        display.timerExec(TICK_MILLIS, () -> ticked[0] = true);
        while (!ticked[0]) {
            if (!display.readAndDispatch()) {
                display.sleep();
            }
        }
    }

    private Canvas canvas() {
        return all(shell, Canvas.class).stream()
                .filter(each ->
                        each.getClass() == Canvas.class && each.isVisible() && (each.getStyle() & SWT.BORDER) != 0)
                .findFirst()
                .orElse(null);
    }

    private String says() {
        return all(shell, Label.class).stream()
                .filter(Label::isVisible)
                .map(Label::getText)
                .filter(text -> text.contains("call"))
                .findFirst()
                .orElse("");
    }

    private List<String> texts() {
        return all(shell, Label.class).stream()
                .filter(Label::isVisible)
                .map(Label::getText)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (Table table : tables(shell)) {
            for (int i = 0; i < Math.min(FEW, table.getItemCount()); i++) {
                List<String> cells = new ArrayList<>();
                for (int column = 0; column < table.getColumnCount(); column++) {
                    cells.add(table.getItem(i).getText(column));
                }
                rows.add(String.join("|", cells));
            }
        }
        return rows;
    }

    private static List<Table> tables(Composite in) {
        return all(in, Table.class);
    }

    private <B extends Button> B check(Class<B> kind, String text) {
        return all(shell, kind).stream()
                .filter(each -> each.getText().replace("&", "").startsWith(text))
                .findFirst()
                .orElseThrow();
    }

    private static <W extends Control> List<W> all(Composite in, Class<W> kind) {
        List<W> found = new ArrayList<>();
        for (Control child : in.getChildren()) {
            if (kind.isInstance(child)) {
                found.add(kind.cast(child));
            }
            if (child instanceof Composite composite) {
                found.addAll(all(composite, kind));
            }
        }
        return found;
    }

    private void save(String file) {
        settle();
        Image image = new Image(display, shell.getClientArea().width, shell.getClientArea().height);
        GC gc = new GC(display);
        gc.copyArea(image, 0, 0);
        gc.dispose();
        ImageLoader loader = new ImageLoader();
        loader.data = new ImageData[] {image.getImageData()};
        loader.save(file, SWT.IMAGE_PNG);
        image.dispose();
    }
}
