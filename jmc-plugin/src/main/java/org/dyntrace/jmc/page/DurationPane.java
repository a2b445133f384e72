package org.dyntrace.jmc.page;

import java.text.NumberFormat;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dyntrace.jmc.model.Requests;
import org.dyntrace.jmc.tab.Icon;
import org.dyntrace.jmc.tab.RowTable;
import org.dyntrace.jmc.tab.Word;
import org.dyntrace.mbeans.Failure;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.ui.forms.widgets.Form;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.openjdk.jmc.common.item.IItemCollection;

/**
 * A table of functions, and how long the calls took of those that are chosen in it, or of all. What takes its time is done away from the thread of the
 * user interface: to count, to sort, to gather what is chosen. What was asked for last is shown.
 */
final class DurationPane {
    private static final String COUNT = "count";
    private static final String ORDER = "order";
    private static final String BARS = "bars";
    private static final String CALLS = "calls";

    /** A column, with its order: the most striking first. */
    private record Sorted(RowTable.Column<FunctionCalls> column, Comparator<FunctionCalls> order) {}

    private static final List<Sorted> COLUMNS = List.of(
            new Sorted(
                    new RowTable.Column<>(Text.FUNCTION.of(), 520, SWT.LEFT, FunctionCalls::function),
                    Comparator.comparing(FunctionCalls::function)),
            new Sorted(
                    new RowTable.Column<>(Text.CALLS.of(), 110, SWT.RIGHT, row -> number(row.count())),
                    Comparator.comparingInt(FunctionCalls::count).reversed()),
            time(Text.MEDIAN, FunctionCalls::median),
            time(Text.P99, FunctionCalls::p99),
            time(Text.LONGEST, FunctionCalls::longest));
    private static final int FIRST_ORDER = 3;

    private final Display display;
    private final FormToolkit toolkit;
    private final Recording recording;
    private final Consumer<IItemCollection> selected;
    private final Requests requests = new Requests(this::later);
    private final Form form;
    private final StackLayout stack = new StackLayout();
    private final Word word;
    private SashForm sash;
    private RowTable<FunctionCalls> table;
    private Label says;
    private DurationChart chart;
    private Layout layout;

    /**
     * Fills a part of the screen.
     *
     * @param parent empty
     * @param toolkit JMC's
     * @param recording what is shown
     * @param selected gets the calls that the user has chosen
     * @param layout how it was arranged when it was last seen
     */
    DurationPane(
            Composite parent,
            FormToolkit toolkit,
            Recording recording,
            Consumer<IItemCollection> selected,
            Layout layout) {
        display = parent.getDisplay();
        this.toolkit = toolkit;
        this.recording = recording;
        this.selected = selected;
        this.layout = layout;
        form = toolkit.createForm(parent);
        form.setText(Text.NAME.of());
        form.setImage(Icon.DYNTRACE.of(new LocalResourceManager(JFaceResources.getResources(), form)));
        toolkit.decorateFormHeading(form);
        stack.marginHeight = 8;
        stack.marginWidth = 8;
        form.getBody().setLayout(stack);
        word = new Word(toolkit, form.getBody());
        form.addDisposeListener(event -> requests.close());
        word.say(Text.COUNTING.of(), Text.COUNTING_HINT.of());
        show(word.composite());
        look(COUNT, () -> sorted(recording.functions(), COLUMNS.get(FIRST_ORDER).order()), this::counted);
    }

    private static Sorted time(Text title, ToLongFunction<FunctionCalls> nanos) {
        return new Sorted(
                new RowTable.Column<>(title.of(), 120, SWT.RIGHT, row -> Nanos.text(nanos.applyAsLong(row))),
                Comparator.comparingLong(nanos).reversed());
    }

    private static String number(long number) {
        return NumberFormat.getIntegerInstance().format(number);
    }

    /** In an event for each part, which is short then. */
    private void counted(List<FunctionCalls> functions) {
        if (functions.isEmpty()) {
            word.say(Text.EMPTY.of(), Text.EMPTY_HINT.of());
            return;
        }
        sash = new SashForm(form.getBody(), SWT.VERTICAL);
        toolkit.adapt(sash, false, false);
        makeTable(functions);
        later(() -> {
            makeChart();
            later(() -> {
                sash.setWeights(layout.weights());
                show(sash);
                draw(table.selection());
                if (!table.selection().isEmpty()) {
                    // Else JMC has shown already what it shows for nothing.
                    select(table.selection());
                }
            });
        });
    }

    private void makeTable(List<FunctionCalls> functions) {
        table = new RowTable<>(
                toolkit,
                grid(1),
                SWT.MULTI | SWT.BORDER,
                FunctionCalls::function,
                COLUMNS.stream().map(Sorted::column).toList());
        listen(table.table());
        table.show(functions);
        Set<String> before = recording.chosen();
        table.table()
                .select(IntStream.range(0, table.table().getItemCount())
                        .filter(i -> before.contains(functions.get(i).function()))
                        .toArray());
    }

    private void makeChart() {
        Composite below = grid(2);
        says = toolkit.createLabel(below, "", SWT.NONE);
        says.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        Button logarithmic = toolkit.createButton(below, Text.LOGARITHMIC.of(), SWT.CHECK);
        chart = new DurationChart(below, this::chosen);
        chart.canvas().setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true, 2, 1));
        chart.logarithmic(layout.logarithmic());
        logarithmic.setSelection(layout.logarithmic());
        logarithmic.addListener(SWT.Selection, event -> {
            chart.logarithmic(logarithmic.getSelection());
            arranged();
        });
        below.addListener(SWT.Resize, event -> arranged());
    }

    private Composite grid(int columns) {
        Composite part = toolkit.createComposite(sash);
        GridLayout grid = new GridLayout(columns, false);
        grid.marginWidth = 0;
        part.setLayout(grid);
        return part;
    }

    private void listen(Table widget) {
        widget.addListener(SWT.Selection, event -> choose());
        widget.addListener(SWT.KeyDown, event -> {
            if (event.keyCode == SWT.ESC) {
                widget.deselectAll();
                choose();
            }
        });
        TableColumn[] heads = widget.getColumns();
        for (int i = 0; i < heads.length; i++) {
            Sorted by = COLUMNS.get(i);
            heads[i].addListener(SWT.Selection, event -> sort((TableColumn) event.widget, by.order()));
        }
        widget.setSortColumn(heads[FIRST_ORDER]);
        widget.setSortDirection(SWT.DOWN);
    }

    private void later(Runnable run) {
        if (!display.isDisposed()) {
            display.asyncExec(() -> {
                if (!form.isDisposed()) {
                    run.run();
                }
            });
        }
    }

    private void show(Control part) {
        stack.topControl = part;
        form.getBody().layout();
    }

    private void failed(Failure failure) {
        word.say(Text.FAILED.of(), failure.getMessage());
        show(word.composite());
    }

    private static List<FunctionCalls> sorted(List<FunctionCalls> functions, Comparator<FunctionCalls> order) {
        return functions.stream().sorted(order).toList();
    }

    /** The other way round when it is in that order already. */
    private void sort(TableColumn by, Comparator<FunctionCalls> order) {
        Table widget = table.table();
        boolean turned = widget.getSortColumn() == by && widget.getSortDirection() == SWT.DOWN;
        List<FunctionCalls> rows = table.rows();
        look(ORDER, () -> sorted(rows, turned ? order.reversed() : order), sorted -> {
            widget.setSortColumn(by);
            widget.setSortDirection(turned ? SWT.UP : SWT.DOWN);
            table.show(sorted);
        });
    }

    private void choose() {
        List<FunctionCalls> rows = table.selection();
        recording.choose(rows.stream().map(FunctionCalls::function).collect(Collectors.toSet()));
        draw(rows);
        select(rows);
    }

    private void draw(List<FunctionCalls> rows) {
        List<FunctionCalls> shown = rows.isEmpty() ? table.rows() : rows;
        look(BARS, () -> Bars.of(shown), bars -> {
            chart.show(bars);
            tell(bars, rows.isEmpty());
        });
    }

    /** Hands over all calls of what is chosen; for nothing, JMC's own idea of what there is to show. */
    private void select(List<FunctionCalls> rows) {
        look(CALLS, () -> FunctionCalls.all(rows), selected);
    }

    private void chosen(int bucket) {
        Bars bars = chart.shown();
        if (bucket == DurationChart.NONE) {
            tell(bars, table.selection().isEmpty());
            select(table.selection());
        } else {
            says.setText(Nanos.bucket(bars, bucket));
            look(CALLS, () -> FunctionCalls.in(bucket, bars.functions()), selected);
        }
    }

    private void tell(Bars bars, boolean all) {
        says.setText(
                (all ? Text.ALL : Text.SOME).of(bars.total(), bars.functions().size()));
    }

    private <T> void look(String about, Callable<T> question, Consumer<T> answer) {
        requests.look(about, question, answer, this::failed);
    }

    private void arranged() {
        layout = new Layout(chart.isLogarithmic(), sash.getWeights());
    }

    /** {@return how it is arranged, or was when it was taken from the screen} */
    Layout layout() {
        return layout;
    }
}
