package org.dyntrace.jmc.tab;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dyntrace.jmc.model.FunctionLocation;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.jmc.model.SymbolPages;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolInfo;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.forms.widgets.Section;

/** The functions of the process that is chosen: searched as you type, a page at a time as you scroll. */
final class FunctionsPart {
    private static final String LOOK = "functions";
    private static final int TYPING_MILLIS = 250;

    private final Session session;
    private final Section section;
    private final org.eclipse.swt.widgets.Text search;
    private final RowTable<SymbolInfo> table;
    private final Label found;
    private final Button add;
    private final SymbolPages pages = new SymbolPages();
    private final Runnable typed = this::search;
    private Optional<ProcessRow> process = Optional.empty();

    FunctionsPart(Composite parent, Session session, Consumer<String> place) {
        this.session = session;
        section = Widgets.section(session.toolkit(), parent, Text.FUNCTIONS);
        Composite content = (Composite) section.getClient();
        search = Widgets.search(session.toolkit(), content, Text.FUNCTIONS_SEARCH);
        search.addListener(SWT.Modify, event -> search.getDisplay().timerExec(TYPING_MILLIS, typed));
        table = new RowTable<>(
                session.toolkit(),
                content,
                SWT.SINGLE,
                row -> row.getModule() + "@" + row.getAddress() + "@" + row.getLinkName(),
                List.of(
                        new RowTable.Column<>(Text.NAME, 270, SWT.LEFT, SymbolInfo::getName),
                        new RowTable.Column<>(Text.MODULE, 110, SWT.LEFT, SymbolInfo::getModule),
                        new RowTable.Column<>(Text.ADDRESS, 120, SWT.RIGHT, row -> Numbers.address(row.getAddress())),
                        new RowTable.Column<>(
                                Text.SIZE, 60, SWT.RIGHT, row -> Numbers.countUnlessZero(row.getSize()))));
        table.table().addListener(SWT.Selection, event -> enable());
        Composite buttons = Widgets.buttons(session.toolkit(), content);
        Runnable adds = () -> table.selected().ifPresent(row -> place.accept(FunctionLocation.of(row)));
        table.table().addListener(SWT.DefaultSelection, event -> adds.run());
        add = Widgets.button(buttons, Text.ADD, adds);
        found = session.toolkit().createLabel(content, Text.FUNCTIONS_NONE.of());
        found.setLayoutData(new GridData(SWT.FILL, SWT.END, true, false));
        choose(Optional.empty());
    }

    Section section() {
        return section;
    }

    /** Shows another process's, or none. */
    void choose(Optional<ProcessRow> other) {
        process = other.filter(ProcessRow::attached);
        search.setEnabled(process.isPresent());
        search();
    }

    private void search() {
        if (section.isDisposed()) {
            return;
        }
        session.requests().forget(LOOK);
        pages.clear();
        if (process.isEmpty()) {
            table.show(List.of());
            found.setText(Text.FUNCTIONS_NONE.of());
            enable();
        } else {
            found.setText(Text.LOADING.of());
            page();
        }
    }

    private void page() {
        long pid = process.orElseThrow().pid();
        String filter = search.getText().strip();
        int offset = pages.next();
        session.requests()
                .look(
                        LOOK,
                        () -> session.daemon().process(pid).listSymbols(filter, offset, SymbolPages.PAGE),
                        this::take,
                        this::fail);
    }

    private void take(List<SymbolInfo> page) {
        if (section.isDisposed()) {
            return;
        }
        session.looked().accept(LOOK, Optional.empty());
        if (pages.next() == 0) {
            table.table().setTopIndex(0);
        }
        pages.add(page);
        show();
        String count = Numbers.count(pages.next());
        found.setText((pages.hasMore() ? Text.FUNCTIONS_MORE : Text.FUNCTIONS_FOUND).of(count));
    }

    private void show() {
        Runnable next = pages.hasMore() ? this::page : null;
        table.show(pages.shown(), pages.hasEarlier() ? this::earlier : null, pages.hasLater() ? this::later : next);
        enable();
    }

    private void earlier() {
        pages.earlier();
        show();
    }

    private void later() {
        pages.later();
        show();
    }

    private void fail(Failure failure) {
        if (section.isDisposed()) {
            return;
        }
        if (failure.reason() == Reason.BAD_REQUEST) {
            // Not finished typing: what is wrong is told where it is seen, and nothing pops up.
            table.show(List.of());
            found.setText(failure.getMessage());
            enable();
        } else {
            found.setText("");
            session.looked().accept(LOOK, Optional.of(failure));
        }
    }

    private void enable() {
        add.setEnabled(table.selected().isPresent());
    }
}
