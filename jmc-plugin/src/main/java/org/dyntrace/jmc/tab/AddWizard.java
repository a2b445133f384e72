package org.dyntrace.jmc.tab;

import java.util.List;
import org.dyntrace.jmc.model.ProcessRow;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.swt.widgets.Composite;

/** Asks where to place a tracepoint and what it is to do, and shows what it would be placed on. */
final class AddWizard extends Wizard {
    /** What was asked for, as the process's MBean takes it. */
    record Request(String location, boolean entryExit, String name, String tracer, List<String> arguments) {}

    private final WherePage where;
    private final WhatPage what;
    private Request request;

    AddWizard(Session session, ProcessRow process, String location) {
        setWindowTitle(Text.ADD_TITLE.of());
        where = new WherePage(session, process, location);
        what = new WhatPage(process.isJvm());
        addPage(where);
        addPage(what);
    }

    LatePage first() {
        return where;
    }

    Request request() {
        return request;
    }

    @Override
    public void createPageControls(Composite container) {
        // Each page is made when it is come to.
    }

    @Override
    public boolean performFinish() {
        request = new Request(where.location(), where.entryExit(), what.name(), what.tracer(), what.arguments());
        return true;
    }
}
