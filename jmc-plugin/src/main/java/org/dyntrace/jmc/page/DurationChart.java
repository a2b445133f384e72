package org.dyntrace.jmc.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.ACC;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleControlAdapter;
import org.eclipse.swt.accessibility.AccessibleControlEvent;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;

/** A bar for each bucket that is not empty, from the shortest durations to the longest. One can be chosen with mouse or keyboard. */
final class DurationChart {
    /** No bucket. */
    static final int NONE = -1;

    private static final int MARGIN = 6;
    private static final int TICK = 4;

    /** The least height of a bar, so that one call among a million is seen. */
    private static final int LEAST = 2;

    private static final int OPAQUE = 255;
    private static final int GRID = 40;
    private static final int NOT_CHOSEN = 110;

    private final Canvas canvas;
    private final IntConsumer listener;
    private Bars bars = Bars.NONE;
    private Scale scale = Scale.of(Bars.NONE, false);
    private boolean logarithmic;
    private int chosen = NONE;
    private int pointedAt = NONE;
    private Rectangle plot = new Rectangle(0, 0, 0, 0);

    /**
     * An empty chart.
     *
     * @param parent gets it
     * @param listener gets the bucket that the user chooses, or {@link #NONE}
     */
    DurationChart(Composite parent, IntConsumer listener) {
        this.listener = listener;
        canvas = new Canvas(parent, SWT.DOUBLE_BUFFERED | SWT.BORDER);
        canvas.setBackground(canvas.getDisplay().getSystemColor(SWT.COLOR_LIST_BACKGROUND));
        canvas.addPaintListener(event -> draw(event.gc, canvas.getClientArea()));
        canvas.addListener(SWT.MouseDown, this::press);
        canvas.addListener(SWT.MouseMove, event -> pointAt(bucketAt(event.x)));
        canvas.addListener(SWT.MouseExit, event -> pointAt(NONE));
        canvas.addListener(SWT.KeyDown, this::key);
        canvas.addListener(SWT.FocusIn, event -> canvas.redraw());
        canvas.addListener(SWT.FocusOut, event -> canvas.redraw());
        // Who comes with the tab key goes on with it.
        canvas.addListener(
                SWT.Traverse,
                event -> event.doit =
                        event.detail == SWT.TRAVERSE_TAB_NEXT || event.detail == SWT.TRAVERSE_TAB_PREVIOUS);
        speak();
    }

    private void speak() {
        canvas.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = Text.CHART.of();
            }

            @Override
            public void getDescription(AccessibleEvent event) {
                event.result = inWords();
            }

            @Override
            public void getHelp(AccessibleEvent event) {
                event.result = Text.CHART_HINT.of();
            }
        });
        canvas.getAccessible().addAccessibleControlListener(new AccessibleControlAdapter() {
            @Override
            public void getRole(AccessibleControlEvent event) {
                event.detail = ACC.ROLE_GRAPHIC;
            }

            @Override
            public void getValue(AccessibleControlEvent event) {
                event.result = inWords();
            }
        });
    }

    /** {@return the bar that is chosen, or all that there are} */
    private String inWords() {
        if (chosen != NONE) {
            return Nanos.bucket(bars, chosen);
        }
        List<String> all = new ArrayList<>();
        for (int bucket : bars.filled()) {
            all.add(Nanos.bucket(bars, bucket));
        }
        return String.join("; ", all);
    }

    Canvas canvas() {
        return canvas;
    }

    Bars shown() {
        return bars;
    }

    boolean isLogarithmic() {
        return logarithmic;
    }

    /** Has bars as high as their counts, or as the logarithm of these. */
    void logarithmic(boolean on) {
        logarithmic = on;
        scale = Scale.of(bars, on);
        canvas.redraw();
    }

    /** Shows other bars; none of them is chosen. */
    void show(Bars other) {
        bars = other;
        scale = Scale.of(other, logarithmic);
        chosen = NONE;
        pointedAt = NONE;
        canvas.setToolTipText(null);
        changed();
    }

    private void changed() {
        canvas.redraw();
        canvas.getAccessible().sendEvent(ACC.EVENT_DESCRIPTION_CHANGED, null);
        canvas.getAccessible().sendEvent(ACC.EVENT_VALUE_CHANGED, null);
    }

    private void press(Event event) {
        canvas.setFocus();
        if (event.button == 1) {
            int bucket = bucketAt(event.x);
            choose(bucket == chosen ? NONE : bucket);
        }
    }

    private void choose(int bucket) {
        if (bucket != chosen) {
            chosen = bucket;
            changed();
            listener.accept(bucket);
        }
    }

    private void pointAt(int bucket) {
        if (bucket != pointedAt) {
            pointedAt = bucket;
            canvas.setToolTipText(bucket == NONE ? null : Nanos.bucket(bars, bucket));
            canvas.redraw();
        }
    }

    private void key(Event event) {
        int[] filled = bars.filled();
        if (filled.length == 0) {
            return;
        }
        int last = filled.length - 1;
        int at = Arrays.binarySearch(filled, chosen);
        switch (event.keyCode) {
            case SWT.ARROW_LEFT -> choose(filled[at < 0 ? last : Math.max(0, at - 1)]);
            case SWT.ARROW_RIGHT -> choose(filled[at < 0 ? 0 : Math.min(last, at + 1)]);
            case SWT.HOME -> choose(filled[0]);
            case SWT.END -> choose(filled[last]);
            case SWT.ESC -> choose(NONE);
            default -> {
                // For others.
            }
        }
    }

    /** {@return the bucket below or above a place that has calls, or NONE} */
    private int bucketAt(int x) {
        if (plot.width <= 0 || x < plot.x || x >= plot.x + plot.width) {
            return NONE;
        }
        int bucket = scale.first() + (int) ((x - plot.x) * (long) scale.slots() / plot.width);
        return bars.counts()[bucket] > 0 ? bucket : NONE;
    }

    private int left(int bucket) {
        return plot.x + (int) Math.ceil((bucket - scale.first()) * (double) plot.width / scale.slots());
    }

    private int top(long count) {
        return plot.y + plot.height - (int) Math.round(scale.height(count) * plot.height);
    }

    private Color color(int system) {
        return canvas.getDisplay().getSystemColor(system);
    }

    private void draw(GC gc, Rectangle area) {
        if (bars.functions().isEmpty()) {
            return;
        }
        int text = gc.getFontMetrics().getHeight();
        int widest = 0;
        for (long count : scale.marks(area.height / (text * 2))) {
            widest = Math.max(widest, gc.textExtent(Scale.number(count)).x);
        }
        plot = new Rectangle(
                area.x + MARGIN + widest + MARGIN,
                area.y + MARGIN + text / 2,
                Math.max(1, area.width - widest - 3 * MARGIN),
                Math.max(1, area.height - 2 * MARGIN - text / 2 - text - TICK));
        drawCounts(gc, text);
        drawDurations(gc);
        drawBars(gc);
        if (canvas.isFocusControl()) {
            gc.drawFocus(area.x + 1, area.y + 1, area.width - 2, area.height - 2);
        }
    }

    private void drawCounts(GC gc, int text) {
        gc.setForeground(color(SWT.COLOR_LIST_FOREGROUND));
        for (long count : scale.marks(plot.height / (text * 2))) {
            int y = top(count);
            String number = Scale.number(count);
            gc.setAlpha(OPAQUE);
            gc.drawText(number, plot.x - MARGIN - gc.textExtent(number).x, y - text / 2, true);
            gc.setAlpha(GRID);
            gc.drawLine(plot.x, y, plot.x + plot.width, y);
        }
        gc.setAlpha(OPAQUE);
    }

    private void drawDurations(GC gc) {
        int bottom = plot.y + plot.height;
        gc.setForeground(color(SWT.COLOR_LIST_FOREGROUND));
        gc.drawLine(plot.x, bottom, plot.x + plot.width, bottom);
        int room = plot.x;
        for (int bucket : scale.bounds(each -> gc.textExtent(each).x + 2 * MARGIN, plot.width)) {
            String duration = Nanos.text(Buckets.from(bucket));
            int width = gc.textExtent(duration).x;
            int x = left(bucket);
            gc.drawLine(x, bottom, x, bottom + TICK);
            int begin = Math.max(plot.x, Math.min(plot.x + plot.width - width, x - width / 2));
            if (begin >= room) {
                gc.drawText(duration, begin, bottom + TICK, true);
                room = begin + width + MARGIN;
            }
        }
    }

    private void drawBars(GC gc) {
        int bottom = plot.y + plot.height;
        for (int bucket : bars.filled()) {
            int left = left(bucket) + 1;
            int width = Math.max(1, left(bucket + 1) - left);
            int height = Math.max(LEAST, bottom - top(bars.counts()[bucket]));
            gc.setBackground(color(SWT.COLOR_LIST_SELECTION));
            gc.setAlpha(chosen == NONE || chosen == bucket ? OPAQUE : NOT_CHOSEN);
            gc.fillRectangle(left, bottom - height, width, height);
            gc.setAlpha(OPAQUE);
            if (bucket == pointedAt || bucket == chosen) {
                gc.setForeground(color(SWT.COLOR_LIST_FOREGROUND));
                gc.drawRectangle(left, bottom - height, width - 1, height);
            }
        }
    }
}
