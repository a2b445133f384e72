package org.dyntrace.jmc.tab;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.Section;

/** The processes of the machine, with attach and detach. */
final class ProcessesPart {
    /** What its look is about. */
    static final String LOOK = "processes";

    private final Session session;
    private final Consumer<Optional<ProcessRow>> chosen;
    private final Section section;
    private final org.eclipse.swt.widgets.Text filter;
    private final RowTable<ProcessRow> table;
    private final Button attach;
    private final Button detach;
    private List<ProcessRow> all = List.of();
    private OptionalLong wanted = OptionalLong.empty();

    ProcessesPart(Composite parent, Session session, Consumer<Optional<ProcessRow>> chosen) {
        this.session = session;
        this.chosen = chosen;
        section = Widgets.section(session.toolkit(), parent, Text.PROCESSES);
        Composite content = (Composite) section.getClient();
        filter = Widgets.search(session.toolkit(), content, Text.PROCESSES_FILTER);
        filter.addListener(SWT.Modify, event -> show());
        table = new RowTable<>(
                session.toolkit(),
                content,
                SWT.SINGLE,
                ProcessRow::pid,
                List.of(
                        new RowTable.Column<>(Text.PID, 80, SWT.RIGHT, row -> Long.toString(row.pid())),
                        new RowTable.Column<>(
                                Text.NAME, 120, SWT.LEFT, row -> row.info().getName()),
                        new RowTable.Column<>(
                                Text.STATE,
                                80,
                                SWT.LEFT,
                                row -> (row.attached() ? Text.ATTACHED : Text.ATTACHABLE).of()),
                        new RowTable.Column<>(
                                Text.COUNT,
                                100,
                                SWT.RIGHT,
                                row -> row.attached() ? Numbers.count(row.info().getTracepoints()) : ""),
                        new RowTable.Column<>(
                                Text.KIND, 60, SWT.LEFT, row -> row.info().getKind()),
                        new RowTable.Column<>(
                                Text.OWNER, 80, SWT.LEFT, row -> row.info().getOwner()),
                        new RowTable.Column<>(
                                Text.COMMAND, 400, SWT.LEFT, row -> row.info().getCommand())));
        table.icons(row -> (row.isJvm() ? Icon.JVM : Icon.NATIVE).of(session.images()));
        table.table().addListener(SWT.Selection, event -> choose());
        table.table().addListener(SWT.DefaultSelection, event -> attach());
        Composite buttons = Widgets.buttons(session.toolkit(), content);
        attach = Widgets.button(buttons, Text.ATTACH, this::attach);
        detach = Widgets.button(buttons, Text.DETACH, this::detach);
        Widgets.button(buttons, Text.REFRESH, this::refresh);
        enable();
    }

    Section section() {
        return section;
    }

    /** {@return all processes, whatever the filter} */
    List<ProcessRow> all() {
        return all;
    }

    /** Has a process chosen as soon as it is listed. */
    void want(long pid) {
        wanted = OptionalLong.of(pid);
    }

    /** Asks for the processes anew. */
    void refresh() {
        session.look(LOOK, session.daemon()::processes, this::take);
    }

    private void take(List<ProcessRow> rows) {
        if (section.isDisposed()) {
            return;
        }
        all = rows;
        show();
    }

    private void show() {
        Optional<ProcessRow> before = table.selected();
        table.show(all.stream().filter(row -> row.matches(filter.getText())).toList());
        if (wanted.isPresent() && table.selectKey(wanted.getAsLong())) {
            table.table().showSelection();
            wanted = OptionalLong.empty();
        }
        if (!identity(before).equals(identity(table.selected()))) {
            choose();
        }
        enable();
    }

    /** What the other parts must be told of, when it changes. */
    private static Optional<String> identity(Optional<ProcessRow> row) {
        return row.map(each -> each.pid() + " " + each.info().getStartTime() + " " + each.attached());
    }

    private void choose() {
        enable();
        chosen.accept(table.selected());
    }

    private void enable() {
        Optional<ProcessRow> row = table.selected();
        attach.setEnabled(row.isPresent() && !row.get().attached());
        detach.setEnabled(row.isPresent() && row.get().attached());
    }

    private void attach() {
        table.selected().filter(row -> !row.attached()).ifPresent(row -> {
            String name = row.info().getName();
            session.activity()
                    .run(
                            Text.DOING_ATTACH.of(name),
                            row.pid(),
                            () -> session.daemon().bean().attach(Long.toString(row.pid())),
                            this::leave,
                            done -> {
                                if (!done.getNote().isEmpty()) {
                                    session.activity().say(Text.NOTE.of(name, done.getNote()));
                                }
                            });
        });
    }

    /** Unless somebody else has placed something meanwhile. */
    private void leave(ProcessInfo attached) {
        ProcessMXBean process = session.daemon().process(attached.getPid());
        if (process.getTracepoints().isEmpty()) {
            process.detach();
        }
    }

    private void detach() {
        table.selected().filter(ProcessRow::attached).ifPresent(row -> {
            String name = row.info().getName();
            if (MessageDialog.openQuestion(section.getShell(), Text.DETACH.of(), Text.DETACH_ASK.of(name))) {
                session.activity()
                        .run(
                                Text.DOING_DETACH.of(name),
                                row.pid(),
                                () -> session.daemon().process(row.pid()).detach(),
                                null,
                                done -> {
                                    if (!done.isEmpty()) {
                                        session.activity().say(Text.NOTE.of(name, done));
                                    }
                                });
            }
        });
    }
}
