package org.dyntrace.jmc.tab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.dyntrace.jmc.model.Change;
import org.dyntrace.jmc.model.Daemon;
import org.dyntrace.jmc.model.Requests;
import org.dyntrace.mbeans.ProgressInfo;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.ProgressBar;
import org.eclipse.ui.forms.widgets.FormToolkit;

/** The line at the bottom: what is being changed, how far it is, and a button that cancels it. */
final class Activity {
    private static final int LOOK_MILLIS = 250;
    private static final String PROGRESS = "progress";

    private final Daemon daemon;
    private final Requests requests;
    private final Composite line;
    private final Label says;
    private final ProgressBar bar;
    private final Button cancel;
    private final List<Change<?>> changes = new ArrayList<>();
    private Runnable afterwards = () -> {};

    Activity(FormToolkit toolkit, Composite parent, Daemon daemon, Requests requests) {
        this.daemon = daemon;
        this.requests = requests;
        line = toolkit.createComposite(parent);
        line.setLayout(new GridLayout(3, false));
        line.setLayoutData(new GridData(SWT.FILL, SWT.END, true, false));
        says = toolkit.createLabel(line, Text.READY.of());
        says.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        bar = new ProgressBar(line, SWT.SMOOTH);
        bar.setVisible(false);
        cancel = toolkit.createButton(line, Text.CANCEL.of(), SWT.PUSH);
        cancel.setEnabled(false);
        cancel.addListener(SWT.Selection, event -> cancelFirst());
    }

    /** Sets what is done after each change, whatever became of it. */
    void afterwards(Runnable then) {
        afterwards = then;
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
     * @param undo takes it back when it is cancelled too late
     * @param then gets its answer
     */
    <T> void run(String title, long pid, Callable<T> work, Change.Undo<T> undo, Consumer<T> then) {
        Change<T> change = new Change<>(title, pid, work, undo, then, this::ended);
        changes.add(change);
        show();
        if (changes.size() == 1) {
            line.getDisplay().timerExec(LOOK_MILLIS, this::look);
        }
        requests.change(change);
    }

    private void cancelFirst() {
        if (!changes.isEmpty()) {
            changes.get(0).cancel();
            show();
        }
    }

    private void ended(Change<?> change) {
        changes.remove(change);
        requests.forget(PROGRESS);
        if (line.isDisposed()) {
            return;
        }
        show();
        afterwards.run();
        if (change.failure() != null) {
            Errors.show(line.getShell(), change.title(), change.failure());
        }
    }

    private void show() {
        boolean busy = !changes.isEmpty();
        if (busy) {
            Change<?> first = changes.get(0);
            say(first.isCancelled() ? Text.DOING_CANCEL.of(first.title()) : first.title());
            bar.setSelection(0);
        } else if (cancel.getEnabled() || bar.getVisible()) {
            say(Text.READY.of());
        }
        cancel.setEnabled(busy && !changes.get(0).isCancelled());
        bar.setVisible(busy);
    }

    private void look() {
        if (line.isDisposed() || changes.isEmpty()) {
            return;
        }
        Change<?> first = changes.get(0);
        if (first.pid() != 0) {
            requests.look(
                    PROGRESS, () -> daemon.process(first.pid()).getProgress(), now -> show(first, now), failure -> {
                        // The process may have no MBean yet, or none any more: there is just no progress to show.
                    });
        }
        line.getDisplay().timerExec(LOOK_MILLIS, this::look);
    }

    private void show(Change<?> change, ProgressInfo now) {
        if (!line.isDisposed() && now.getAll() > 0 && !changes.isEmpty() && changes.get(0) == change) {
            bar.setMaximum(now.getAll());
            bar.setSelection(now.getDone());
            say(Text.PROGRESS.of(change.title(), Numbers.count(now.getDone()), Numbers.count(now.getAll())));
        }
    }
}
