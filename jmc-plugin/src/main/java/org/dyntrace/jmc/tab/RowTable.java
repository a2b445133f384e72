package org.dyntrace.jmc.tab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.forms.widgets.FormToolkit;

/**
 * A table whose rows are filled in as they come into sight, so that 100,000 cost no more than 20.
 *
 * @param <T> what a row shows
 */
public final class RowTable<T> {
    /**
     * A column.
     *
     * @param title its head
     * @param width in pixels
     * @param style SWT.LEFT or SWT.RIGHT
     * @param text what a row has there
     * @param <T> what a row shows
     */
    public record Column<T>(String title, int width, int style, Function<T, String> text) {
        Column(Text title, int width, int style, Function<T, String> text) {
            this(title.of(), width, style, text);
        }
    }

    /** So many rows come or go in one event: 40 ms at the most. GTK takes up to 20 us for each that goes. */
    private static final int STEP = 2000;

    /** So many rows out of sight are emptied in one event, for the same reason: 10 ms. */
    private static final int SWEEP = 50;

    private final Table table;
    private final List<Column<T>> columns;
    private final Function<T, Object> key;
    /** Rows whose texts the widget has, and those of them that say something else by now. */
    private final BitSet filled = new BitSet();

    private final BitSet stale = new BitSet();
    private Function<T, Image> icon = row -> null;
    /** With null for one that stands for those before, and for one that stands for those after. */
    private List<T> rows = List.of();

    private Runnable asksForEarlier;
    private Runnable asksForLater;
    private boolean resizing;
    private boolean sweeping;

    /**
     * A table that tells its rows apart by a key, and keeps its selection by that.
     *
     * @param toolkit makes it
     * @param parent gets it
     * @param style as SWT.MULTI
     * @param key of a row
     * @param columns from the left
     */
    public RowTable(
            FormToolkit toolkit, Composite parent, int style, Function<T, Object> key, List<Column<T>> columns) {
        this.columns = columns;
        this.key = key;
        table = toolkit.createTable(parent, SWT.VIRTUAL | SWT.FULL_SELECTION | style);
        table.setHeaderVisible(true);
        table.setLinesVisible(true);
        for (Column<T> column : columns) {
            TableColumn shown = new TableColumn(table, column.style());
            shown.setText(column.title());
            shown.setWidth(column.width());
            shown.setMoveable(true);
        }
        GridData data = new GridData(SWT.FILL, SWT.FILL, true, true);
        data.heightHint = 60;
        data.widthHint = 200;
        table.setLayoutData(data);
        table.addListener(SWT.SetData, this::fill);
        table.addListener(SWT.Paint, this::paint);
    }

    /** Gives each row an icon. */
    void icons(Function<T, Image> icons) {
        icon = icons;
    }

    /** {@return the widget} */
    public Table table() {
        return table;
    }

    /** {@return all rows that are shown} */
    public List<T> rows() {
        return rows;
    }

    /**
     * Shows other rows; what was selected stays so, where it still is.
     *
     * @param other all of them
     */
    public void show(List<T> other) {
        show(other, null, null);
    }

    /**
     * Shows other rows, which are not all; what is in sight stays there.
     *
     * @param earlier called when the user comes to their begin; null when there are none before
     * @param later called when the user comes to their end; null when there are no more
     */
    void show(List<T> other, Runnable earlier, Runnable later) {
        int[] indices = table.getSelectionIndices();
        List<T> before = rows;
        rows = new ArrayList<>(other.size() + 2);
        if (earlier != null) {
            rows.add(null);
        }
        rows.addAll(other);
        if (later != null) {
            rows.add(null);
        }
        asksForEarlier = earlier;
        asksForLater = later;
        resize();
        stay(before);
        refill(before);
        if (!Arrays.stream(indices).allMatch(i -> hasKey(rows, i, keyAt(before, i)))) {
            select(Arrays.stream(indices).mapToObj(i -> keyAt(before, i)).toList());
        }
    }

    /** What is in sight has another place, if there are others before it now. */
    private void stay(List<T> before) {
        int top = table.getTopIndex();
        boolean moved = !rows.isEmpty() && rows.get(0) == null;
        if (!moved && (before.isEmpty() || before.get(0) != null)) {
            return;
        }
        // That at the top may be the one that stands for others.
        for (int i = top; i < Math.min(before.size(), top + 2); i++) {
            int now = before.get(i) == null ? -1 : place(before.get(i));
            if (now >= 0) {
                table.setTopIndex(Math.max(0, now - (i - top)));
                return;
            }
        }
    }

    private int place(T row) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) == row) {
                return i;
            }
        }
        return -1;
    }

    private void resize() {
        int wanted = rows.size();
        int now = table.getItemCount();
        int next = Math.max(now - STEP, Math.min(now + STEP, wanted));
        if (next != now) {
            table.setItemCount(next);
            filled.clear(Math.min(now, next), Math.max(now, next));
            stale.clear(Math.min(now, next), Math.max(now, next));
        }
        if (next != wanted && !resizing) {
            resizing = true;
            table.getDisplay().asyncExec(() -> {
                resizing = false;
                if (!table.isDisposed()) {
                    resize();
                }
            });
        }
    }

    private Object keyAt(List<T> in, int index) {
        return index < in.size() && in.get(index) != null ? key.apply(in.get(index)) : null;
    }

    private boolean hasKey(List<T> in, int index, Object wanted) {
        return wanted != null && wanted.equals(keyAt(in, index));
    }

    /** Those in sight that say something else at once, and only those, so that nothing flickers. */
    private void refill(List<T> before) {
        int common = Math.min(before.size(), rows.size());
        int first = 0;
        while (first < common && before.get(first) != null && before.get(first) == rows.get(first)) {
            first++;
        }
        int count = table.getItemCount();
        stale.or(filled);
        stale.clear(0, first);
        int top = table.getTopIndex();
        for (int i = top; i < Math.min(count, top + inSight()); i++) {
            if (i < common && sameText(before.get(i), rows.get(i))) {
                stale.clear(i);
            } else if (stale.get(i)) {
                clear(i);
            }
        }
        sweep();
    }

    private void clear(int index) {
        stale.clear(index);
        filled.clear(index);
        table.clear(index);
    }

    /** Those out of sight are filled again when they come into sight, if they are empty by then. */
    private void sweep() {
        int next = stale.nextSetBit(0);
        for (int i = 0; i < SWEEP && next >= 0; i++) {
            clear(next);
            next = stale.nextSetBit(next);
        }
        if (next >= 0 && !sweeping) {
            sweeping = true;
            table.getDisplay().asyncExec(() -> {
                sweeping = false;
                if (!table.isDisposed()) {
                    sweep();
                }
            });
        }
    }

    private int inSight() {
        return table.getClientArea().height / Math.max(1, table.getItemHeight()) + 2;
    }

    private boolean sameText(T one, T other) {
        if (one == null || other == null) {
            // One that stands for others asks for them when it is filled.
            return false;
        }
        return one == other
                || columns.stream()
                                .allMatch(column -> column.text()
                                        .apply(one)
                                        .equals(column.text().apply(other)))
                        && Objects.equals(icon.apply(one), icon.apply(other));
    }

    private void select(List<Object> keys) {
        Map<Object, Integer> places = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) != null) {
                places.put(key.apply(rows.get(i)), i);
            }
        }
        int[] indices = keys.stream()
                .map(places::get)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .toArray();
        if (!Arrays.equals(indices, table.getSelectionIndices())) {
            table.deselectAll();
            table.select(indices);
        }
    }

    /** Selects the row with a key; {@return whether there is one} */
    boolean selectKey(Object wanted) {
        for (int i = 0; i < rows.size(); i++) {
            if (wanted.equals(keyAt(rows, i))) {
                table.setSelection(i);
                return true;
            }
        }
        return false;
    }

    /** {@return the rows that are selected} */
    public List<T> selection() {
        List<T> selected = new ArrayList<>();
        for (int index : table.getSelectionIndices()) {
            if (index < rows.size() && rows.get(index) != null) {
                selected.add(rows.get(index));
            }
        }
        return selected;
    }

    /** {@return the first row that is selected} */
    Optional<T> selected() {
        return selection().stream().findFirst();
    }

    private void fill(Event event) {
        TableItem item = (TableItem) event.item;
        int index = event.index;
        if (index < 0) {
            // GTK asks for rows while it takes them all away.
            return;
        }
        filled.set(index);
        stale.clear(index);
        if (index >= rows.size()) {
            return;
        }
        T row = rows.get(index);
        if (row != null) {
            item.setText(
                    columns.stream().map(column -> column.text().apply(row)).toArray(String[]::new));
            item.setImage(icon.apply(row));
            return;
        }
        item.setText(Text.LOADING.of());
        item.setImage((Image) null);
        if (index > 0) {
            later(asksForLater);
            asksForLater = null;
        }
    }

    /** GTK fills the first row to see how high rows are, so that says nothing of what is in sight. */
    private void paint(Event event) {
        if (asksForEarlier != null && table.getTopIndex() == 0) {
            later(asksForEarlier);
            asksForEarlier = null;
        }
    }

    /** Not while GTK draws. */
    private void later(Runnable run) {
        List<T> now = rows;
        if (run != null) {
            table.getDisplay().asyncExec(() -> {
                if (!table.isDisposed() && rows == now) {
                    run.run();
                }
            });
        }
    }
}
