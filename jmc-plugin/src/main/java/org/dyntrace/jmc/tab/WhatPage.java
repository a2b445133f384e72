package org.dyntrace.jmc.tab;

import java.util.ArrayList;
import java.util.List;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.TracerSpec;
import org.eclipse.jface.wizard.WizardPage;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.layout.GridLayout;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;

/** What a tracepoint does on a hit, and its name. */
final class WhatPage extends WizardPage {
    private final boolean jvm;
    private final List<TracerSpec.Tracer> tracers;
    private Combo tracer;
    private org.eclipse.swt.widgets.Text file;
    private Button jfr;
    private org.eclipse.swt.widgets.Text name;

    WhatPage(boolean jvm) {
        super("what", Text.ADD_WHAT.of(), null);
        setDescription(Text.ADD_WHAT_DESCRIPTION.of());
        this.jvm = jvm;
        tracers = new ArrayList<>(List.of(TracerSpec.Tracer.COUNT, TracerSpec.Tracer.LTTNG, TracerSpec.Tracer.LOG));
        if (jvm) {
            tracers.add(TracerSpec.Tracer.JFR);
        }
    }

    /** What is so before the page was seen is so, too, when it is not come to at all. */
    private TracerSpec.Tracer chosen() {
        return tracer == null ? tracers.get(0) : tracers.get(tracer.getSelectionIndex());
    }

    String tracer() {
        return chosen().word();
    }

    String name() {
        return name == null ? "" : name.getText().strip();
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        if (chosen() == TracerSpec.Tracer.LOG && !file.getText().isBlank()) {
            arguments.add(file.getText().strip());
        }
        if (jfr != null && jfr.isEnabled() && jfr.getSelection()) {
            arguments.add(TracerSpec.JFR);
        }
        return arguments;
    }

    @Override
    public void createControl(Composite parent) {
        Composite area = new Composite(parent, SWT.NONE);
        area.setLayout(new GridLayout(2, false));
        List<String> choices = tracers.stream()
                .map(each -> Text.valueOf("TRACER_" + each.name()).of())
                .toList();
        tracer = Fields.combo(area, Text.ADD_TRACER, choices, SWT.DROP_DOWN | SWT.READ_ONLY);
        file = Fields.text(area, Text.ADD_FILE, Text.ADD_FILE_HINT);
        name = Fields.text(area, Text.ADD_NAME, Text.ADD_NAME_HINT);
        jfr = new Button(area, SWT.CHECK);
        jfr.setText(Text.ADD_JFR.of());
        jfr.setLayoutData(new GridData(SWT.BEGINNING, SWT.CENTER, true, false, 2, 1));
        tracer.addListener(SWT.Selection, event -> check());
        file.addListener(SWT.Modify, event -> check());
        name.addListener(SWT.Modify, event -> check());
        setControl(area);
        check();
    }

    private void check() {
        file.setEnabled(chosen() == TracerSpec.Tracer.LOG);
        jfr.setEnabled(jvm && chosen() != TracerSpec.Tracer.JFR);
        setErrorMessage(wrong());
        setPageComplete(getErrorMessage() == null);
    }

    private String wrong() {
        if (!name().isEmpty()) {
            try {
                TargetedTracepoint.checkName(name());
            } catch (Failure failure) {
                return failure.getMessage() + " " + failure.hint();
            }
        }
        return file.isEnabled() ? Paths.complainUnlessEmpty(file.getText()) : null;
    }
}
