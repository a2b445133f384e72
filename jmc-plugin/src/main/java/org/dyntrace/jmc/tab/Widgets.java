package org.dyntrace.jmc.tab;

import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.layout.RowLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.widgets.ExpandableComposite;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.eclipse.ui.forms.widgets.Section;

/** Pieces that all parts of the tab are made of. */
final class Widgets {
    private Widgets() {}

    /** {@return a section with a title; its content is {@link Section#getClient}} */
    static Section section(FormToolkit toolkit, Composite parent, Text title) {
        // A title bar is drawn anew, with all that is below it, whenever the section is: 10 ms each.
        Section section = toolkit.createSection(parent, ExpandableComposite.EXPANDED);
        section.setText(title.of());
        section.setSeparatorControl(new Label(section, SWT.SEPARATOR | SWT.HORIZONTAL));
        Composite content = toolkit.createComposite(section);
        GridLayout layout = new GridLayout();
        layout.marginWidth = 0;
        layout.marginHeight = 0;
        content.setLayout(layout);
        section.setClient(content);
        return section;
    }

    /** {@return a line for buttons} */
    static Composite buttons(FormToolkit toolkit, Composite parent) {
        Composite line = toolkit.createComposite(parent);
        RowLayout layout = new RowLayout();
        layout.center = true;
        layout.marginLeft = 0;
        line.setLayout(layout);
        line.setLayoutData(new GridData(SWT.FILL, SWT.END, true, false));
        return line;
    }

    /** {@return a button that does something; not a toolkit's, which look the same whether they can be pressed or not} */
    static Button button(Composite parent, Text text, Runnable does) {
        Button button = new Button(parent, SWT.PUSH);
        button.setText(text.of());
        button.addListener(SWT.Selection, event -> does.run());
        return button;
    }

    /** {@return a field for a filter, with a hint in it} */
    static org.eclipse.swt.widgets.Text search(FormToolkit toolkit, Composite parent, Text hint) {
        org.eclipse.swt.widgets.Text field =
                new org.eclipse.swt.widgets.Text(parent, SWT.SEARCH | SWT.ICON_SEARCH | SWT.ICON_CANCEL);
        toolkit.adapt(field, true, true);
        field.setMessage(hint.of());
        field.setToolTipText(hint.of());
        field.setLayoutData(new GridData(SWT.FILL, SWT.BEGINNING, true, false));
        return field;
    }
}
