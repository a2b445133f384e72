package org.dyntrace.jmc.tab;

import java.util.List;
import org.dyntrace.jmc.model.Plan;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Location;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;

/** Where a tracepoint goes, with its plan as you type. */
final class WherePage extends LatePage {
    private static final String LOOK = "plan";
    private static final int TYPING_MILLIS = 300;

    private final Session session;
    private final ProcessRow process;
    private final String proposed;
    private final Runnable typed = this::plan;
    private org.eclipse.swt.widgets.Text location;
    private Button entryExit;
    private Label found;
    private RowTable<Plan.Place> places;

    WherePage(Session session, ProcessRow process, String proposed) {
        super("where", Text.ADD_WHERE);
        this.session = session;
        this.process = process;
        this.proposed = proposed;
        setDescription(Text.ADD_WHERE_DESCRIPTION.of(process.info().getName()));
    }

    String location() {
        return location.getText().strip();
    }

    boolean entryExit() {
        return entryExit.getSelection();
    }

    @Override
    void fill(Composite area) {
        location = Fields.text(area, Text.ADD_LOCATION, Text.FUNCTIONS_SEARCH);
        location.setMessage("");
        entryExit = new Button(area, SWT.CHECK);
        entryExit.setText(Text.ADD_ENTRY_EXIT.of());
        entryExit.setLayoutData(new GridData(SWT.BEGINNING, SWT.CENTER, true, false, 2, 1));
        found = new Label(area, SWT.NONE);
        found.setText(Text.ADD_PLAN.of());
        found.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false, 2, 1));
        places = new RowTable<>(
                session.toolkit(),
                area,
                SWT.SINGLE | SWT.BORDER,
                place -> place,
                List.of(
                        new RowTable.Column<>(Text.NAME, 200, SWT.LEFT, Plan.Place::name),
                        new RowTable.Column<>(Text.MODULE, 110, SWT.LEFT, Plan.Place::module),
                        new RowTable.Column<>(Text.ADD_PLAN_STATE, 240, SWT.LEFT, Plan.Place::how)));
        places.icons(place -> (place.possible() ? Icon.ENABLED : Icon.DISABLED).of(session.images()));
        places.table().setLayoutData(new GridData(SWT.FILL, SWT.FILL, true, true, 2, 1));
        location.addListener(SWT.Modify, event -> change());
        entryExit.addListener(SWT.Selection, event -> change());
        location.setText(proposed);
        change();
    }

    private void change() {
        String wrong = null;
        if (!location().isEmpty()) {
            try {
                Location.parse(location());
            } catch (Failure failure) {
                wrong = failure.getMessage() + " " + failure.hint();
            }
        }
        setErrorMessage(wrong);
        setPageComplete(wrong == null && !location().isEmpty());
        location.getDisplay().timerExec(TYPING_MILLIS, typed);
    }

    private void plan() {
        if (location.isDisposed()) {
            return;
        }
        if (!isPageComplete()) {
            session.requests().forget(LOOK);
            show(List.of(), Text.ADD_PLAN.of());
            return;
        }
        String where = location();
        boolean both = entryExit();
        found.setText(Text.LOADING.of());
        session.requests()
                .look(
                        LOOK,
                        () -> Plan.ask(session.daemon().process(process.pid()), process.isJvm(), where, both),
                        this::take,
                        failure -> show(List.of(), failure.getMessage()));
    }

    private void take(List<Plan.Place> plan) {
        if (plan.isEmpty()) {
            show(plan, Text.ADD_PLAN_NOTHING.of());
        } else {
            Text heading = plan.size() == Plan.PLACES ? Text.ADD_PLAN_FIRST : Text.ADD_PLAN_ALL;
            show(plan, heading.of(Numbers.count(plan.size())));
        }
    }

    private void show(List<Plan.Place> plan, String heading) {
        if (!found.isDisposed()) {
            found.setText(heading);
            places.show(plan);
        }
    }
}
