package org.dyntrace.jmc.tab;

import java.util.List;
import org.dyntrace.jmc.model.Rates;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;

/** The rate of a tracepoint over the last two minutes, a point a look. */
final class RateChart {
    private static final int MARGIN = 4;

    private final Canvas canvas;
    private List<Double> rates = List.of();

    RateChart(Composite parent) {
        canvas = new Canvas(parent, SWT.DOUBLE_BUFFERED | SWT.BORDER);
        canvas.setBackground(canvas.getDisplay().getSystemColor(SWT.COLOR_LIST_BACKGROUND));
        canvas.addPaintListener(event -> draw(event.gc, canvas.getClientArea()));
    }

    Canvas canvas() {
        return canvas;
    }

    /** Shows rates, the latest last; none for no tracepoint. */
    void show(List<Double> other) {
        if (!rates.equals(other)) {
            rates = List.copyOf(other);
            canvas.redraw();
        }
    }

    List<Double> shown() {
        return rates;
    }

    private void draw(GC gc, Rectangle area) {
        gc.setForeground(canvas.getDisplay().getSystemColor(SWT.COLOR_DARK_GRAY));
        if (rates.isEmpty()) {
            gc.drawText(Text.CHART_EMPTY.of(), MARGIN, MARGIN, true);
            return;
        }
        double peak = rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        int text = gc.getFontMetrics().getHeight();
        gc.drawText(Text.CHART_PEAK.of(Numbers.rate(peak), Rates.KEPT), MARGIN, MARGIN, true);
        int top = area.y + MARGIN + text + MARGIN;
        int bottom = area.y + area.height - MARGIN;
        gc.drawLine(area.x + MARGIN, bottom, area.x + area.width - MARGIN, bottom);
        double step = (area.width - 2.0 * MARGIN) / (Rates.KEPT - 1);
        int[] points = new int[rates.size() * 2];
        for (int i = 0; i < rates.size(); i++) {
            int fromEnd = rates.size() - 1 - i;
            points[2 * i] = (int) Math.round(area.x + area.width - MARGIN - fromEnd * step);
            points[2 * i + 1] = (int) Math.round(bottom - (peak > 0 ? rates.get(i) / peak : 0) * (bottom - top));
        }
        gc.setForeground(canvas.getDisplay().getSystemColor(SWT.COLOR_LIST_SELECTION));
        gc.setAntialias(SWT.ON);
        gc.setLineWidth(2);
        gc.drawPolyline(points);
    }
}
