package org.dyntrace.jmc.tab;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.NotificationListener;
import org.dyntrace.jmc.model.Daemon;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.jmc.model.Requests;
import org.dyntrace.jmc.model.Way;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.eclipse.jface.dialogs.ControlEnableState;
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
import org.eclipse.ui.forms.IManagedForm;
import org.eclipse.ui.forms.IMessageManager;
import org.eclipse.ui.forms.widgets.FormToolkit;

/**
 * All of a daemon that the tab shows, or a word on how to come to one. What is seen is asked for anew each second, and at once when the
 * daemon tells that something has come or gone. What is wrong is said in the heading, where JMC says such things: a look that failed pops nothing up,
 * since nobody has asked for it.
 */
public final class DaemonPane {
    private static final Logger LOG = Logger.getLogger("org.dyntrace.jmc");
    private static final int TICK_MILLIS = 1000;

    /** Processes come and go unseen while they hold no agent, so all are listed every so many ticks. */
    private static final int LISTING_TICKS = 5;

    /** For how long a daemon may be busy before that is told. */
    private static final int SILENT_SECONDS = 5;

    private static final String LOOK = "daemon";
    private static final String SILENCE = "silence";

    private final IMessageManager messages;
    private final Display display;
    private final Daemon daemon;
    private final Requests requests;
    private final Session session;
    private final Composite stack;
    private final Word word;
    private final Activity activity;
    private final AtomicBoolean told = new AtomicBoolean();
    private final NotificationListener listener = (notification, handback) -> told.set(true);
    private final OptionalLong wanted;
    private final Preload preload = new Preload();
    private SashForm content;
    private Optional<ControlEnableState> disabled = Optional.empty();
    private ProcessesPart processes;
    private TracepointsPart tracepoints;
    private FunctionsPart functions;
    private RecordingsPart recordings;
    private boolean building;
    private boolean there;
    private int ticks;

    /**
     * Fills a form.
     *
     * @param form an empty form
     * @param way to what may be a daemon; closed with the form
     * @param pid a process to choose first, if any
     */
    public DaemonPane(IManagedForm form, Way way, OptionalLong pid) {
        messages = form.getMessageManager();
        Composite body = form.getForm().getBody();
        FormToolkit toolkit = form.getToolkit();
        display = body.getDisplay();
        daemon = new Daemon(way);
        requests = new Requests(this::later);
        wanted = pid;
        body.setLayout(new GridLayout());
        stack = toolkit.createComposite(body);
        stack.setLayout(new StackLayout());
        stack.setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true));
        word = new Word(toolkit, stack);
        activity = new Activity(toolkit, body, daemon, requests);
        session = new Session(
                daemon,
                requests,
                activity,
                new LocalResourceManager(JFaceResources.getResources(), body),
                toolkit,
                this::looked);
        activity.afterwards(this::refresh);
        word.say(Text.CONNECTING.of(), "");
        show(word.composite());
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
        if (stack.isVisible()) {
            if (there) {
                look();
            } else if (!building && !requests.awaits(LOOK)) {
                requests.look(LOOK, this::greet, this::greeted, this::lose);
            }
            tellSilence();
        }
        display.timerExec(TICK_MILLIS, this::tick);
    }

    /** What is asked for already is not asked for again, or a slow daemon's answers would never be the newest. */
    private void look() {
        boolean listing = ticks % LISTING_TICKS == 0;
        if (!requests.awaits(ProcessesPart.LOOK) && (told.getAndSet(false) || listing)) {
            processes.refresh();
        }
        if (!requests.awaits(RecordingsPart.LOOK) && listing) {
            recordings.refresh();
        }
        tracepoints.refresh();
        ticks++;
    }

    private void tellSilence() {
        long seconds = requests.silence().toSeconds();
        if (seconds >= SILENT_SECONDS) {
            messages.addMessage(SILENCE, Text.SILENT.of(seconds), null, IMessageProvider.WARNING);
        } else {
            messages.removeMessage(SILENCE);
        }
    }

    /** {@return what to say of the daemon; nothing when there is none} */
    private Optional<String> greet() throws Exception {
        preload.run();
        if (!daemon.connect()) {
            return Optional.empty();
        }
        daemon.subscribe(listener);
        return Optional.of(Text.DAEMON.of(
                daemon.bean().getVersion(), Long.toString(daemon.bean().getPid())));
    }

    private void greeted(Optional<String> who) {
        messages.removeMessage(LOOK);
        if (who.isEmpty()) {
            word.say(Text.NO_DAEMON.of(), Text.NO_DAEMON_HINT.of());
            show(word.composite());
            return;
        }
        activity.idle(who.get());
        if (content == null) {
            build();
        } else {
            begin();
        }
    }

    /** Makes the parts, each in an event of its own, so that the user interface reacts between them. */
    private void build() {
        building = true;
        content = new SashForm(stack, SWT.HORIZONTAL);
        session.toolkit().adapt(content);
        SashForm[] forms = new SashForm[2];
        Deque<Runnable> steps = new ArrayDeque<>(Rehearsal.steps(stack.getShell(), session.images()));
        steps.addAll(List.of(
                () -> processes = new ProcessesPart(content, session, this::choose),
                () -> {
                    forms[0] = new SashForm(content, SWT.VERTICAL);
                    session.toolkit().adapt(forms[0]);
                    tracepoints = new TracepointsPart(forms[0], session);
                },
                () -> {
                    forms[1] = new SashForm(forms[0], SWT.HORIZONTAL);
                    session.toolkit().adapt(forms[1]);
                    functions = new FunctionsPart(forms[1], session, tracepoints::add);
                },
                () -> recordings = new RecordingsPart(forms[1], session, processes::all),
                () -> {
                    content.setWeights(2, 3);
                    forms[0].setWeights(3, 2);
                    forms[1].setWeights(2, 1);
                    wanted.ifPresent(processes::want);
                    begin();
                }));
        step(steps);
    }

    private void step(Deque<Runnable> steps) {
        steps.removeFirst().run();
        if (!steps.isEmpty()) {
            later(() -> step(steps));
        }
    }

    private void begin() {
        building = false;
        there = true;
        disabled.ifPresent(ControlEnableState::restore);
        disabled = Optional.empty();
        content.setEnabled(true);
        show(content);
        refresh();
    }

    private void refresh() {
        if (there) {
            processes.refresh();
            recordings.refresh();
            tracepoints.refreshNow();
        }
    }

    private void choose(Optional<ProcessRow> process) {
        tracepoints.choose(process);
        functions.choose(process);
    }

    private void looked(String about, Optional<Failure> failure) {
        if (failure.isEmpty()) {
            messages.removeMessage(about);
            return;
        }
        Failure why = failure.get();
        if (why.reason() == Reason.NO_DAEMON) {
            lose(why);
        } else if (why.reason() == Reason.PROCESS_GONE && !about.equals(ProcessesPart.LOOK)) {
            processes.refresh();
        } else {
            messages.addMessage(about, why.getMessage() + " " + Errors.text(why), null, IMessageProvider.ERROR);
        }
    }

    /** What was there stays to be seen, but nothing of it can be used. */
    private void lose(Failure why) {
        there = false;
        if (content == null) {
            String hint =
                    daemon.findsAnother() ? Text.LOST_WINDOW.of("", why.hint()).strip() : why.hint();
            word.say(why.getMessage(), hint);
            return;
        }
        if (disabled.isEmpty()) {
            // The whole first, so that the focus leaves it and does not go from one part to the next.
            content.setEnabled(false);
            disabled = Optional.of(ControlEnableState.disable(content));
        }
        String said = daemon.findsAnother()
                ? Text.LOST_WINDOW.of(why.getMessage(), why.hint())
                : Text.LOST_CONSOLE.of(why.getMessage());
        messages.addMessage(LOOK, said, null, IMessageProvider.ERROR);
    }

    private void close() {
        requests.close();
        Thread farewell = new Thread(this::leave, "dyntrace-leave");
        farewell.setDaemon(true);
        farewell.start();
    }

    private void leave() {
        try {
            daemon.leave(listener);
        } catch (IOException | JMException | RuntimeException e) {
            LOG.log(Level.FINE, "not subscribed any more", e);
        }
    }
}
