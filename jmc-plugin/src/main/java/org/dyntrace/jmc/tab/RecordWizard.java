package org.dyntrace.jmc.tab;

import java.util.Arrays;
import java.util.List;
import org.dyntrace.jmc.model.ProcessRow;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;

/** Asks what to record. */
final class RecordWizard extends Wizard {
    private static final int LEAST_MIB = 64;
    private static final int MOST_MIB = 1024 * 1024;
    private static final int DEFAULT_MIB = 1024;
    private static final long MIB = 1024L * 1024;

    /** What was asked for, as the daemon's MBean takes it. */
    record Request(String name, String directory, List<String> targets, String settings, long limit) {}

    private final Page page;
    private Request request;

    RecordWizard(String name, List<ProcessRow> jvms) {
        setWindowTitle(Text.RECORD_TITLE.of());
        page = new Page(name, jvms);
        addPage(page);
    }

    LatePage first() {
        return page;
    }

    Request request() {
        return request;
    }

    @Override
    public boolean performFinish() {
        request = page.request();
        return true;
    }

    private static final class Page extends LatePage {
        private final String proposed;
        private final List<ProcessRow> jvms;
        private org.eclipse.swt.widgets.Text name;
        private org.eclipse.swt.widgets.Text directory;
        private Combo settings;
        private Spinner limit;
        private Table targets;

        Page(String proposed, List<ProcessRow> jvms) {
            super("record", Text.RECORD_TITLE);
            setDescription(Text.RECORD_DESCRIPTION.of());
            this.proposed = proposed;
            this.jvms = jvms;
        }

        @Override
        void fill(Composite area) {
            name = Fields.text(area, Text.RECORD_NAME, null);
            name.setText(proposed);
            directory = Fields.text(area, Text.RECORD_DIRECTORY, Text.RECORD_DIRECTORY_HINT);
            settings = Fields.combo(area, Text.RECORD_SETTINGS, List.of("default", "profile"), SWT.DROP_DOWN);
            new Label(area, SWT.NONE).setText(Text.RECORD_LIMIT.of());
            limit = new Spinner(area, SWT.BORDER);
            limit.setValues(DEFAULT_MIB, LEAST_MIB, MOST_MIB, 0, LEAST_MIB, DEFAULT_MIB);
            new Label(area, SWT.NONE).setText(Text.RECORD_JVMS.of());
            targets = new Table(area, SWT.CHECK | SWT.BORDER);
            GridData size = new GridData(SWT.FILL, SWT.FILL, true, true);
            size.heightHint = 100;
            targets.setLayoutData(size);
            for (ProcessRow jvm : jvms) {
                TableItem item = new TableItem(targets, SWT.NONE);
                item.setText(jvm.pid() + " " + jvm.info().getCommand());
                item.setData(Long.toString(jvm.pid()));
                item.setChecked(true);
            }
            name.addListener(SWT.Modify, event -> check());
            directory.addListener(SWT.Modify, event -> check());
        }

        private void check() {
            setErrorMessage(Paths.complainUnlessEmpty(directory.getText()));
            setPageComplete(getErrorMessage() == null && !name.getText().isBlank());
        }

        Request request() {
            List<String> chosen = Arrays.stream(targets.getItems())
                    .filter(TableItem::getChecked)
                    .map(item -> (String) item.getData())
                    .toList();
            return new Request(
                    name.getText().strip(),
                    directory.getText().strip(),
                    chosen,
                    settings.getText().strip(),
                    limit.getSelection() * MIB);
        }
    }
}
