package org.dyntrace.jmc.tab;

import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.widgets.FormToolkit;

/** What is said where there is no daemon to show: what is so, and below what to do. */
final class Word {
    private static final int WIDTH = 500;

    private final Composite composite;
    private final Label title;
    private final Label hint;

    Word(FormToolkit toolkit, Composite parent) {
        composite = toolkit.createComposite(parent);
        composite.setLayout(new GridLayout());
        title = toolkit.createLabel(composite, "");
        title.setFont(JFaceResources.getHeaderFont());
        title.setLayoutData(new GridData(SWT.FILL, SWT.BEGINNING, true, false));
        hint = toolkit.createLabel(composite, "", SWT.WRAP);
        GridData wide = new GridData(SWT.FILL, SWT.BEGINNING, true, false);
        wide.widthHint = WIDTH;
        hint.setLayoutData(wide);
    }

    Composite composite() {
        return composite;
    }

    void say(String what, String toDo) {
        title.setText(what);
        hint.setText(toDo);
        composite.layout();
    }
}
