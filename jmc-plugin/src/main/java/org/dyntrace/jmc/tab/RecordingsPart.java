package org.dyntrace.jmc.tab;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.mbeans.RecordingInfo;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.Section;

/** The recordings that go on. */
final class RecordingsPart {
    /** What its look is about. */
    static final String LOOK = "recordings";

    private static final String NAME = "recording-name";
    private static final Point WIZARD = new Point(560, 250);

    private final Session session;
    private final Supplier<List<ProcessRow>> processes;
    private final Section section;
    private final RowTable<RecordingInfo> table;
    private final Asking asking = new Asking();
    private final Button stop;
    private final Button snapshot;

    RecordingsPart(Composite parent, Session session, Supplier<List<ProcessRow>> processes) {
        this.session = session;
        this.processes = processes;
        section = Widgets.section(session.toolkit(), parent, Text.RECORDINGS);
        Composite content = (Composite) section.getClient();
        table = new RowTable<>(
                session.toolkit(),
                content,
                SWT.SINGLE,
                RecordingInfo::getName,
                List.of(
                        new RowTable.Column<>(Text.NAME, 120, SWT.LEFT, RecordingInfo::getName),
                        new RowTable.Column<>(
                                Text.DIRECTORY,
                                260,
                                SWT.LEFT,
                                row -> row.isFlightRecorder() ? Text.RECORDING_MEMORY.of() : row.getDirectory()),
                        new RowTable.Column<>(Text.BEGAN, 150, SWT.LEFT, row -> Numbers.time(row.getStarted())),
                        new RowTable.Column<>(Text.DISK, 90, SWT.RIGHT, row -> Numbers.mebibytes(row.getDiskUse()))));
        table.icons(row -> Icon.RECORDING.of(session.images()));
        table.table().addListener(SWT.Selection, event -> enable());
        Composite buttons = Widgets.buttons(session.toolkit(), content);
        Widgets.button(buttons, Text.START, this::start);
        stop = Widgets.button(buttons, Text.STOP, this::stop);
        snapshot = Widgets.button(buttons, Text.SNAPSHOT, this::snapshot);
        enable();
    }

    Section section() {
        return section;
    }

    /** Asks for the recordings anew. */
    void refresh() {
        session.look(LOOK, () -> session.daemon().bean().listRecordings(), this::take);
    }

    private void take(List<RecordingInfo> rows) {
        if (!section.isDisposed()) {
            table.show(rows);
            enable();
        }
    }

    private void enable() {
        Optional<RecordingInfo> row = table.selected();
        stop.setEnabled(row.isPresent());
        snapshot.setEnabled(row.isPresent() && row.get().isFlightRecorder());
    }

    private void start() {
        session.look(NAME, () -> session.daemon().bean().freeRecordingName(), this::ask);
    }

    private void ask(String name) {
        if (section.isDisposed()) {
            return;
        }
        List<ProcessRow> jvms = processes.get().stream()
                .filter(row -> row.isJvm() && row.attached())
                .toList();
        RecordWizard wizard = new RecordWizard(name, jvms);
        asking.open(
                section.getShell(), WIZARD, wizard, wizard.first(), session.images(), () -> record(wizard.request()));
    }

    private void record(RecordWizard.Request request) {
        session.activity()
                .run(
                        Text.DOING_RECORD.of(request.name()),
                        0,
                        () -> session.daemon()
                                .bean()
                                .startRecording(
                                        request.name(),
                                        request.directory(),
                                        request.targets(),
                                        request.settings(),
                                        request.limit()),
                        done -> session.daemon().bean().stopRecording(done.getName()),
                        this::tell);
    }

    /** What is not as asked. */
    private void tell(RecordingInfo done) {
        if (!done.getNotes().isEmpty()) {
            session.activity().say(Text.NOTE.of(done.getName(), String.join(" ", done.getNotes())));
        }
    }

    private void stop() {
        table.selected()
                .ifPresent(row -> session.activity()
                        .run(
                                Text.DOING_STOP.of(row.getName()),
                                0,
                                () -> session.daemon().bean().stopRecording(row.getName()),
                                null,
                                done -> session.activity()
                                        .say(Text.NOTE.of(
                                                done.getName(),
                                                done.getDirectory() + " " + String.join(" ", done.getNotes())))));
    }

    private void snapshot() {
        table.selected().ifPresent(row -> {
            InputDialog dialog = new InputDialog(
                    section.getShell(), Text.SNAPSHOT_TITLE.of(), Text.SNAPSHOT_DIRECTORY.of(), "", Paths::complain);
            if (dialog.open() == Window.OK) {
                String directory = dialog.getValue().strip();
                session.activity()
                        .run(
                                Text.DOING_SNAPSHOT.of(row.getName()),
                                0,
                                () -> session.daemon().bean().snapshotRecording(row.getName(), directory),
                                null,
                                this::tell);
            }
        });
    }
}
