package org.dyntrace.jmc.tab;

import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.widgets.FormToolkit;

/** What is said where there is nothing to show: what is so, and below what to do. */
public final class Word {
    private static final int WIDTH = 500;

    private final Composite composite;
    private final Label title;
    private final Label hint;

    /**
     * Says nothing yet.
     *
     * @param toolkit makes it
     * @param parent gets it
     */
    public Word(FormToolkit toolkit, Composite parent) {
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

    /** {@return the widget} */
    public Composite composite() {
        return composite;
    }

    /**
     * Says something else.
     *
     * @param what is so
     * @param toDo what to do
     */
    public void say(String what, String toDo) {
        title.setText(what);
        hint.setText(toDo);
        composite.layout();
    }
}
