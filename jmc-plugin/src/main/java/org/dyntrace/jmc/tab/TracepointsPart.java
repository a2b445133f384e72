package org.dyntrace.jmc.tab;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.jmc.model.Rates;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.Section;

/** The tracepoints of the process that is chosen, with their counts now and the rate of one of them. */
final class TracepointsPart {
    private static final String LOOK = "tracepoints";
    private static final Point WIZARD = new Point(560, 320);

    /** Asks something of a process about a tracepoint. */
    private interface Request {
        Object of(ProcessMXBean process, String tracepoint);
    }

    /** A tracepoint, with what the tab knows of it. */
    private record Row(TracepointInfo info, double rate) {}

    private final Session session;
    private final Section section;
    private final RowTable<Row> table;
    private final RateChart chart;
    private final Button add;
    private final Button enable;
    private final Button disable;
    private final Button remove;
    private final Asking asking = new Asking();
    private final Rates rates = new Rates();
    private Optional<ProcessRow> process = Optional.empty();

    TracepointsPart(Composite parent, Session session) {
        this.session = session;
        section = Widgets.section(session.toolkit(), parent, Text.TRACEPOINTS);
        Composite content = (Composite) section.getClient();
        table = new RowTable<>(
                session.toolkit(),
                content,
                SWT.MULTI,
                row -> row.info().getName(),
                List.of(
                        column(Text.NAME, 85, SWT.LEFT, TracepointInfo::getName),
                        column(Text.LOCATION, 200, SWT.LEFT, TracepointInfo::getLocation),
                        column(Text.TRACER, 80, SWT.LEFT, TracepointsPart::tracer),
                        column(Text.HITS, 95, SWT.RIGHT, row -> Numbers.count(row.getHits())),
                        new RowTable.Column<>(Text.RATE, 90, SWT.RIGHT, row -> Numbers.rate(row.rate())),
                        column(
                                Text.EXITS,
                                75,
                                SWT.RIGHT,
                                row -> row.isEntryExit() ? Numbers.count(row.getExits()) : ""),
                        column(Text.LOST, 50, SWT.RIGHT, row -> Numbers.count(row.getLost())),
                        column(Text.PLACED, 60, SWT.RIGHT, row -> Numbers.count(row.getPlaced())),
                        column(Text.MISSING, 65, SWT.RIGHT, row -> Numbers.count(row.getMissing())),
                        column(Text.STATE, 90, SWT.LEFT, row -> state(row).of())));
        table.icons(row -> icon(row.info()).of(session.images()));
        table.table().addListener(SWT.Selection, event -> choose());
        chart = new RateChart(content);
        GridData size = new GridData(SWT.FILL, SWT.END, true, false);
        size.heightHint = 90;
        chart.canvas().setLayoutData(size);
        Composite buttons = Widgets.buttons(session.toolkit(), content);
        add = Widgets.button(buttons, Text.ADD, () -> add(""));
        enable = Widgets.button(
                buttons,
                Text.ENABLE,
                () -> each(Text.DOING_ENABLE, false, ProcessMXBean::enable, ProcessMXBean::disable));
        disable = Widgets.button(
                buttons,
                Text.DISABLE,
                () -> each(Text.DOING_DISABLE, true, ProcessMXBean::disable, ProcessMXBean::enable));
        remove = Widgets.button(buttons, Text.REMOVE, this::remove);
        choose();
    }

    private static RowTable.Column<Row> column(
            Text title, int width, int style, Function<TracepointInfo, String> text) {
        return new RowTable.Column<>(title, width, style, row -> text.apply(row.info()));
    }

    private static String tracer(TracepointInfo row) {
        return row.getArguments().isEmpty()
                ? row.getTracer()
                : row.getTracer() + " " + String.join(" ", row.getArguments());
    }

    private static Text state(TracepointInfo row) {
        if (!row.isEnabled()) {
            return Text.DISABLED;
        }
        return row.isWaiting() ? Text.WAITING : Text.ENABLED;
    }

    private static Icon icon(TracepointInfo row) {
        if (!row.isEnabled()) {
            return Icon.DISABLED;
        }
        return row.isWaiting() ? Icon.WAITING : Icon.ENABLED;
    }

    Section section() {
        return section;
    }

    /** Shows another process's, or none. */
    void choose(Optional<ProcessRow> other) {
        process = other.filter(ProcessRow::attached);
        rates.clear();
        table.show(List.of());
        section.setText(process.map(row -> Text.TRACEPOINTS_OF.of(row.info().getName(), Long.toString(row.pid())))
                .orElseGet(Text.TRACEPOINTS::of));
        section.layout();
        choose();
        refreshNow();
    }

    /** Looks at the counts, unless a look is under way. */
    void refresh() {
        if (process.isPresent() && !session.requests().awaits(LOOK)) {
            long pid = process.get().pid();
            session.look(LOOK, () -> session.daemon().process(pid).listTracepoints(), this::take);
        }
    }

    /** After a change, whatever a look that is under way would say. */
    void refreshNow() {
        session.requests().forget(LOOK);
        refresh();
    }

    private void take(List<TracepointInfo> found) {
        if (!section.isDisposed()) {
            rates.add(System.nanoTime(), found);
            table.show(found.stream()
                    .map(each -> new Row(each, rates.latest(each.getName())))
                    .toList());
            choose();
        }
    }

    private void choose() {
        List<TracepointInfo> rows = selection();
        add.setEnabled(process.isPresent());
        enable.setEnabled(rows.stream().anyMatch(row -> !row.isEnabled()));
        disable.setEnabled(rows.stream().anyMatch(TracepointInfo::isEnabled));
        remove.setEnabled(!rows.isEmpty());
        chart.show(table.selected().map(row -> rates.kept(row.info().getName())).orElse(List.of()));
    }

    private List<TracepointInfo> selection() {
        return table.selection().stream().map(Row::info).toList();
    }

    /** Opens the wizard, with a location in it. */
    void add(String location) {
        process.ifPresent(row -> {
            AddWizard wizard = new AddWizard(session, row, location);
            asking.open(
                    section.getShell(),
                    WIZARD,
                    wizard,
                    wizard.first(),
                    session.images(),
                    () -> place(row, wizard.request()));
        });
    }

    private void place(ProcessRow row, AddWizard.Request request) {
        session.activity()
                .run(
                        Text.DOING_ADD.of(request.location()),
                        row.pid(),
                        () -> bean(row)
                                .add(
                                        request.location(),
                                        request.entryExit(),
                                        request.name(),
                                        request.tracer(),
                                        request.arguments()),
                        done -> bean(row).remove(done.getName()),
                        done -> session.activity()
                                .say(Text.ADDED.of(
                                        done.getName(),
                                        Numbers.count(done.getPlaced()),
                                        Numbers.count(done.getMissing()))));
    }

    /** For the threads that ask: JMX looks through all types of an MBean when its proxy is made, for 100 ms the first time. */
    private ProcessMXBean bean(ProcessRow row) {
        return session.daemon().process(row.pid());
    }

    /** For those of the selection that are in the other state. */
    private void each(Text doing, boolean enabled, Request request, Request back) {
        ProcessRow row = process.orElseThrow();
        selection().stream().filter(each -> each.isEnabled() == enabled).forEach(each -> {
            String name = each.getName();
            session.activity()
                    .run(
                            doing.of(name),
                            row.pid(),
                            () -> request.of(bean(row), name),
                            done -> back.of(bean(row), name),
                            done -> {});
        });
    }

    private void remove() {
        ProcessRow row = process.orElseThrow();
        selection()
                .forEach(each -> session.activity()
                        .run(
                                Text.DOING_REMOVE.of(each.getName()),
                                row.pid(),
                                () -> {
                                    bean(row).remove(each.getName());
                                    return each;
                                },
                                null,
                                done -> {}));
    }
}
