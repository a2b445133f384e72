package org.dyntrace.jmc.tab;

import org.eclipse.jface.wizard.WizardPage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;

/** The first page of a wizard, which stays empty until the rest of its window is made: its fields come in an event of their own. */
abstract class LatePage extends WizardPage {
    private Composite area;

    LatePage(String name, Text title) {
        super(name, title.of(), null);
    }

    @Override
    public final void createControl(Composite parent) {
        area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(2, false));
        setControl(area);
    }

    /** Makes the fields. */
    final void fill() {
        fill(area);
        area.layout();
    }

    /** Makes the fields in two columns. */
    abstract void fill(Composite area);
}
