package org.dyntrace.jmc.tab;

import java.util.List;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;

/** Fields of wizards, each behind its label, in two columns. */
final class Fields {
    private Fields() {}

    /** {@return a field for a text, with a hint in it unless that is null} */
    static org.eclipse.swt.widgets.Text text(Composite parent, Text label, Text hint) {
        new Label(parent, SWT.NONE).setText(label.of());
        org.eclipse.swt.widgets.Text field = new org.eclipse.swt.widgets.Text(parent, SWT.BORDER);
        if (hint != null) {
            field.setMessage(hint.of());
            field.setToolTipText(hint.of());
        }
        field.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        return field;
    }

    /** {@return a field for one of several, the first chosen} */
    static Combo combo(Composite parent, Text label, List<String> choices, int style) {
        new Label(parent, SWT.NONE).setText(label.of());
        Combo combo = new Combo(parent, style);
        combo.setItems(choices.toArray(String[]::new));
        combo.select(0);
        combo.setLayoutData(new GridData(SWT.FILL, SWT.CENTER, true, false));
        return combo;
    }
}
