package org.dyntrace.jmc.tab;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.NotificationListener;
import org.dyntrace.jmc.model.Daemon;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.jmc.model.Requests;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.eclipse.jface.dialogs.IMessageProvider;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.widgets.FormToolkit;

/**
 * All of a daemon that the tab shows, or a word on how to come to one. What is seen is asked for anew each second, and at once when the
 * daemon tells that something has come or gone.
 */
public final class DaemonPane {
    private static final Logger LOG = Logger.getLogger("org.dyntrace.jmc");
    private static final int TICK_MILLIS = 1000;

    /** Processes come and go unseen while they hold no agent, so all are listed every so many ticks. */
    private static final int LISTING_TICKS = 5;

    private static final String LOOK = "daemon";

    private final IManagedForm form;
    private final Display display;
    private final Daemon daemon;
    private final Requests requests;
    private final Session session;
    private final Composite stack;
    private final Composite word;
    private final Label wordTitle;
    private final Label wordHint;
    private final SashForm content;
    private final Activity activity;
    private final ProcessesPart processes;
    private final TracepointsPart tracepoints;
    private final FunctionsPart functions;
    private final RecordingsPart recordings;
    private final AtomicBoolean told = new AtomicBoolean();
    private final NotificationListener listener = (notification, handback) -> told.set(true);
    private String greeting;
    private boolean there;
    private boolean asking;
    private int ticks;

    /**
     * Fills a form.
     *
     * @param form an empty form
     * @param server the MBeans of a JVM, which may be a daemon
     * @param pid a process to choose first, if any
     */
    public DaemonPane(IManagedForm form, MBeanServerConnection server, OptionalLong pid) {
        this.form = form;
        Composite body = form.getForm().getBody();
        FormToolkit toolkit = form.getToolkit();
        display = body.getDisplay();
        daemon = new Daemon(server);
        requests = new Requests(this::later);
        body.setLayout(new GridLayout());
        stack = toolkit.createComposite(body);
        stack.setLayout(new StackLayout());
        stack.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true));
        word = toolkit.createComposite(stack);
        word.setLayout(new GridLayout());
        wordTitle = toolkit.createLabel(word, Text.CONNECTING.of());
        wordTitle.setFont(JFaceResources.getHeaderFont());
        wordHint = toolkit.createLabel(word, "", SWT.WRAP);
        GridData wide = new GridData(SWT.FILL, SWT.BEGINNING, true, false);
        wide.widthHint = 500;
        wordHint.setLayoutData(wide);
        content = new SashForm(stack, SWT.HORIZONTAL);
        toolkit.adapt(content);
        activity = new Activity(toolkit, body, daemon, requests);
        session = new Session(
                daemon, requests, activity, new LocalResourceManager(JFaceResources.getResources(), body), toolkit);
        processes = new ProcessesPart(content, session, this::fail, this::choose);
        SashForm right = new SashForm(content, SWT.VERTICAL);
        toolkit.adapt(right);
        tracepoints = new TracepointsPart(right, session, this::fail);
        SashForm below = new SashForm(right, SWT.HORIZONTAL);
        toolkit.adapt(below);
        functions = new FunctionsPart(below, session, this::fail, tracepoints::add);
        recordings = new RecordingsPart(below, session, this::fail, processes::all);
        content.setWeights(2, 3);
        right.setWeights(3, 2);
        below.setWeights(3, 2);
        pid.ifPresent(processes::want);
        activity.afterwards(this::refresh);
        show(word);
        body.addDisposeListener(event -> close());
        tick();
    }

    private void later(Runnable run) {
        if (!display.isDisposed()) {
            display.asyncExec(() -> {
                if (!stack.isDisposed()) {
                    run.run();
                }
            });
        }
    }

    private void show(Composite part) {
        ((StackLayout) stack.getLayout()).topControl = part;
        stack.layout();
    }

    private void tick() {
        if (stack.isDisposed()) {
            return;
        }
        if (!there) {
            connect();
        } else if (stack.isVisible()) {
            boolean listing = ticks % LISTING_TICKS == 0;
            if (told.getAndSet(false) || listing) {
                processes.refresh();
            }
            if (listing) {
                recordings.refresh();
            }
            tracepoints.refresh();
            ticks++;
        }
        display.timerExec(TICK_MILLIS, this::tick);
    }

    private void connect() {
        if (!asking) {
            asking = true;
            requests.look(LOOK, this::greet, this::greeted, failure -> {
                asking = false;
                fail(failure);
            });
        }
    }

    /** {@return what to say of the daemon; nothing when there is none} */
    private Optional<String> greet() throws IOException, JMException {
        if (!daemon.isThere()) {
            return Optional.empty();
        }
        daemon.subscribe(listener);
        return Optional.of(Text.DAEMON.of(
                daemon.bean().getVersion(), Long.toString(daemon.bean().getPid())));
    }

    private void greeted(Optional<String> who) {
        asking = false;
        there = who.isPresent();
        greeting = who.orElse(null);
        calm();
        if (there) {
            show(content);
            refresh();
        } else {
            wordTitle.setText(Text.NO_DAEMON.of());
            wordHint.setText(Text.NO_DAEMON_HINT.of());
            word.layout();
            show(word);
        }
    }

    /** Says nothing more of what has failed. */
    private void calm() {
        form.getForm().getForm().setMessage(greeting, IMessageProvider.NONE);
    }

    private void refresh() {
        if (there) {
            calm();
            processes.refresh();
            recordings.refresh();
            tracepoints.refreshNow();
        }
    }

    private void choose(Optional<ProcessRow> process) {
        tracepoints.choose(process);
        functions.choose(process);
    }

    /** A look that failed pops nothing up, since nobody has asked for it: its form says so. */
    private void fail(Failure failure) {
        if (failure.reason() == Reason.PROCESS_GONE) {
            processes.refresh();
            return;
        }
        String said = failure.reason() == Reason.NO_DAEMON
                ? Text.LOST_CONNECTION.of(failure.getMessage(), failure.hint())
                : failure.getMessage() + " " + Errors.text(failure);
        if (failure.reason() == Reason.NO_DAEMON) {
            there = false;
        }
        form.getForm().getForm().setMessage(said, IMessageProvider.ERROR);
    }

    private void close() {
        Thread farewell = new Thread(this::unsubscribe, "dyntrace-unsubscribe");
        farewell.setDaemon(true);
        farewell.start();
        requests.close();
    }

    private void unsubscribe() {
        try {
            daemon.unsubscribe(listener);
        } catch (IOException | JMException | RuntimeException e) {
            LOG.log(Level.FINE, "not subscribed any more", e);
        }
    }
}
