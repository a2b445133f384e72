package org.dyntrace.jmc.tab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.dyntrace.jmc.model.Change;
import org.dyntrace.jmc.model.Daemon;
import org.dyntrace.jmc.model.Requests;
import org.dyntrace.mbeans.ProgressInfo;
import org.dyntrace.mbeans.Reason;
import org.eclipse.jface.dialogs.ProgressIndicator;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.widgets.FormToolkit;

/** The line at the bottom: what is being changed, how far it is, and a button that cancels that and all that waits for it. */
final class Activity {
    private static final int LOOK_MILLIS = 250;
    private static final int BAR_WIDTH = 200;
    private static final String PROGRESS = "progress";

    private final Daemon daemon;
    private final Requests requests;
    private final Composite line;
    private final Label says;
    private final ProgressIndicator bar;
    private final Button cancel;
    private final List<Change<?>> changes = new ArrayList<>();
    private final List<Change<?>> failed = new ArrayList<>();
    private boolean telling;
    private Runnable afterwards = () -> {};
    private String idle = "";

    Activity(FormToolkit toolkit, Composite parent, Daemon daemon, Requests requests) {
        this.daemon = daemon;
        this.requests = requests;
        line = toolkit.createComposite(parent);
        line.setLayout(new GridLayout(3, false));
        line.setLayoutData(new GridData(SWT.FILL, SWT.END, true, false));
        says = toolkit.createLabel(line, "");
        says.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        bar = new ProgressIndicator(line, SWT.SMOOTH);
        GridData width = new GridData(SWT.END, SWT.CENTER, false, false);
        width.widthHint = BAR_WIDTH;
        bar.setLayoutData(width);
        bar.setVisible(false);
        cancel = Widgets.button(line, Text.CANCEL, this::cancel);
        cancel.setEnabled(false);
        line.setVisible(false);
    }

    /** Sets what is done after each change, whatever became of it. */
    void afterwards(Runnable then) {
        afterwards = then;
    }

    /** Shows itself, and what is said while nothing is done. */
    void idle(String what) {
        idle = what;
        line.setVisible(true);
        if (changes.isEmpty()) {
            say(what);
        }
    }

    /** Says something that was found out. */
    void say(String what) {
        says.setText(what);
        says.setToolTipText(what);
    }

    /**
     * Makes a change, after those that wait; shows its failure.
     *
     * @param title what it does
     * @param pid the process, 0 for none
     * @param work asks the daemon
     * @param undo takes it back when it is cancelled too late, null for what can't be taken back
     * @param then gets its answer
     */
    <T> void run(String title, long pid, Callable<T> work, Change.Undo<T> undo, Consumer<T> then) {
        Change<T> change = new Change<>(title, pid, work, undo, then, this::ended);
        changes.add(change);
        if (changes.size() == 1) {
            bar.beginAnimatedTask();
            line.getDisplay().timerExec(LOOK_MILLIS, this::look);
        }
        show();
        requests.change(change);
    }

    private void cancel() {
        changes.forEach(Change::cancel);
        show();
    }

    private void ended(Change<?> change) {
        changes.remove(change);
        requests.forget(PROGRESS);
        if (line.isDisposed()) {
            return;
        }
        if (change.isCancelled()) {
            say(
                    change.missed() == null
                            ? Text.CANCELLED.of(change.title())
                            : Text.CANCELLED_FAILED.of(
                                    change.title(), change.missed().getMessage()));
        } else if (says.getText().startsWith(change.title())) {
            say(idle);
        }
        bar.done();
        if (!changes.isEmpty()) {
            bar.beginAnimatedTask();
        }
        show();
        afterwards.run();
        if (change.failure() != null) {
            failed.add(change);
            if (change.failure().reason() == Reason.NO_DAEMON) {
                // The others would fail in the same way.
                changes.forEach(Change::cancel);
            }
            tell();
        }
    }

    /** One dialog at a time, with all that has failed meanwhile. */
    private void tell() {
        if (telling) {
            return;
        }
        telling = true;
        try {
            while (!failed.isEmpty() && !line.isDisposed()) {
                List<Change<?>> now = List.copyOf(failed);
                failed.clear();
                Errors.show(line.getShell(), now);
            }
        } finally {
            telling = false;
        }
    }

    private void show() {
        bar.setVisible(!changes.isEmpty());
        cancel.setEnabled(changes.stream().anyMatch(Change::canBeCancelled));
        if (!changes.isEmpty()) {
            say(doing());
        }
    }

    private String doing() {
        Change<?> first = changes.get(0);
        if (first.isCancelled()) {
            return Text.DOING_CANCEL.of(first.title());
        }
        return changes.size() == 1 ? first.title() : Text.MORE_WAIT.of(first.title(), changes.size() - 1);
    }

    private void look() {
        if (line.isDisposed() || changes.isEmpty()) {
            return;
        }
        Change<?> first = changes.get(0);
        if (first.pid() != 0 && !requests.awaits(PROGRESS)) {
            requests.look(
                    PROGRESS, () -> daemon.process(first.pid()).getProgress(), now -> show(first, now), failure -> {
                        // The process may have no MBean yet, or none any more: there is just no progress to show.
                    });
        }
        // What can't be undone can't be cancelled any more when it has begun.
        cancel.setEnabled(changes.stream().anyMatch(Change::canBeCancelled));
        line.getDisplay().timerExec(LOOK_MILLIS, this::look);
    }

    private void show(Change<?> change, ProgressInfo now) {
        if (!line.isDisposed() && now.getAll() > 0 && !changes.isEmpty() && changes.get(0) == change) {
            bar.setWork(now.getAll(), now.getDone());
            say(Text.PROGRESS.of(doing(), Numbers.count(now.getDone()), Numbers.count(now.getAll())));
        }
    }
}
