package org.dyntrace.jmc.tab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.graphics.ImageLoader;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.forms.widgets.Section;

/** What a user sees and does, from a thread beside that of the user interface, which may be in a dialog. */
final class Screen {
    /** The window that the tab is in. */
    static final String CONSOLE = "console";

    private static final int SECONDS = 30;
    private static final int PAUSE_MILLIS = 20;
    private static final int FRAMES = 10;

    private final Display display;
    private final Freezes freezes;

    Screen(Display display, Freezes freezes) {
        this.display = display;
        this.freezes = freezes;
    }

    <T> T ui(Supplier<T> supplier) {
        AtomicReference<T> found = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        display.syncExec(() -> {
            try {
                found.set(supplier.get());
            } catch (RuntimeException | Error e) {
                thrown.set(e);
            }
        });
        if (thrown.get() != null) {
            throw new AssertionError(thrown.get());
        }
        return found.get();
    }

    void await(String what, Supplier<Boolean> come) {
        long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
        while (!come.get()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not seen in " + SECONDS + " s: " + what + "\n" + ui(this::everything));
            }
            pause();
        }
    }

    private <T> T awaitSome(String what, Supplier<Optional<T>> finds) {
        AtomicReference<T> found = new AtomicReference<>();
        await(what, () -> {
            found.set(ui(() -> finds.get().orElse(null)));
            return found.get() != null;
        });
        return found.get();
    }

    static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return a shell, by its title} */
    Shell shell(String title) {
        return awaitSome(
                "a window '" + title + "'",
                () -> Arrays.stream(display.getShells())
                        .filter(shell -> shell.isVisible() && shell.getText().equals(title))
                        .findFirst());
    }

    void awaitGone(Shell shell) {
        await("the window gone", () -> ui(shell::isDisposed));
    }

    /** {@return a section of the console's tab, by how its title begins} */
    Section section(Text title) {
        return section(shell(CONSOLE), title);
    }

    /** {@return a section in a window, by how its title begins} */
    Section section(Shell window, Text title) {
        return awaitSome(
                "a section " + title,
                () -> all(window, Section.class).stream()
                        .filter(section -> section.getText().startsWith(title.of()))
                        .findFirst());
    }

    Table table(Composite in) {
        return awaitSome("a table", () -> all(in, Table.class).stream().findFirst());
    }

    /** Sets the text of a field, by its hint or the label before it. */
    void type(Composite in, Text field, String text) {
        org.eclipse.swt.widgets.Text found = awaitSome("a field " + field, () -> {
            List<Control> controls = all(in, Control.class);
            for (int i = 0; i < controls.size(); i++) {
                boolean labelled = i > 0
                        && controls.get(i - 1) instanceof Label label
                        && label.getText().equals(field.of());
                if (controls.get(i) instanceof org.eclipse.swt.widgets.Text input
                        && (labelled || input.getMessage().equals(field.of()))) {
                    return Optional.of(input);
                }
            }
            return Optional.empty();
        });
        freezes.during("typing " + text + " in " + field);
        ui(() -> {
            found.setText(text);
            return null;
        });
    }

    /** Chooses one of the items of a field behind a label. */
    void choose(Composite in, Text field, String item) {
        Combo found = awaitSome("a field " + field, () -> {
            List<Control> controls = all(in, Control.class);
            for (int i = 1; i < controls.size(); i++) {
                if (controls.get(i) instanceof Combo combo
                        && controls.get(i - 1) instanceof Label label
                        && label.getText().equals(field.of())) {
                    return Optional.of(combo);
                }
            }
            return Optional.empty();
        });
        freezes.during("choosing " + item);
        ui(() -> {
            found.select(found.indexOf(item));
            found.notifyListeners(SWT.Selection, new org.eclipse.swt.widgets.Event());
            return null;
        });
    }

    /** Sets the only number there is in a window. */
    void number(Composite in, Text field, int value) {
        Spinner found = awaitSome(
                "a number " + field, () -> all(in, Spinner.class).stream().findFirst());
        ui(() -> {
            found.setSelection(value);
            return null;
        });
    }

    /** Presses a button as soon as it can be. */
    void press(Composite in, Text text) {
        press(in, text.of());
    }

    /** Presses a button as soon as it can be, by its text without mnemonics. */
    void press(Composite in, String label) {
        press(in, label, () -> {});
    }

    /** Presses a button as soon as it can be, in the moment after something else has happened that nobody has seen yet. */
    void press(Composite in, String label, Runnable unseen) {
        String text = label.replace("&", "");
        Button button = awaitSome(
                "a button '" + text + "' that can be pressed",
                () -> all(in, Button.class).stream()
                        .filter(each ->
                                each.getText().replace("&", "").equals(text) && each.isEnabled() && each.isVisible())
                        .findFirst());
        freezes.during("pressing " + text + (in instanceof Shell shell ? " in " + ui(shell::getText) : ""));
        display.asyncExec(() -> {
            unseen.run();
            freezes.begin();
            if ((button.getStyle() & (SWT.CHECK | SWT.RADIO)) != 0) {
                button.setSelection(!button.getSelection());
            }
            button.notifyListeners(SWT.Selection, new org.eclipse.swt.widgets.Event());
        });
    }

    /** {@return whether a button can be pressed now} */
    boolean canPress(Composite in, Text text) {
        return canPress(in, text.of());
    }

    /** {@return whether a button can be pressed now} */
    boolean canPress(Composite in, String text) {
        return ui(() -> all(in, Button.class).stream()
                .anyMatch(each -> each.getText().replace("&", "").equals(text.replace("&", "")) && each.isEnabled()));
    }

    /** {@return whether a part of the screen takes any clicks} */
    boolean canReach(Control part) {
        return ui(part::isEnabled);
    }

    /** {@return the texts of a table's rows, columns separated by | } */
    List<String> rows(Table table) {
        return ui(() -> {
            List<String> rows = new ArrayList<>();
            for (int i = 0; i < Math.min(table.getItemCount(), 100); i++) {
                TableItem item = table.getItem(i);
                List<String> cells = new ArrayList<>();
                for (int column = 0; column < Math.max(1, table.getColumnCount()); column++) {
                    cells.add(item.getText(column));
                }
                rows.add(String.join("|", cells));
            }
            return rows;
        });
    }

    void awaitRow(Table table, String what, Predicate<String> row) {
        await(what, () -> rows(table).stream().anyMatch(row));
    }

    /** Clicks on the first row that fits. */
    void select(Table table, String what, Predicate<String> row) {
        await("a row: " + what, () -> {
            List<String> rows = rows(table);
            for (int i = 0; i < rows.size(); i++) {
                if (row.test(rows.get(i))) {
                    freezes.during("selecting " + what);
                    int index = i;
                    return ui(() -> {
                        table.setSelection(index);
                        table.notifyListeners(SWT.Selection, new org.eclipse.swt.widgets.Event());
                        return true;
                    });
                }
            }
            return false;
        });
    }

    /** Clicks twice on the first row that fits. */
    void open(Table table, String what, Predicate<String> row) {
        select(table, what, row);
        freezes.during("two clicks on " + what);
        display.asyncExec(() -> table.notifyListeners(SWT.DefaultSelection, new org.eclipse.swt.widgets.Event()));
    }

    void selectAll(Table table) {
        freezes.during("selecting all");
        ui(() -> {
            table.selectAll();
            table.notifyListeners(SWT.Selection, new org.eclipse.swt.widgets.Event());
            return null;
        });
    }

    /** Takes the ticks of all rows away. */
    void uncheckAll(Table table) {
        ui(() -> {
            for (TableItem item : table.getItems()) {
                item.setChecked(false);
            }
            return null;
        });
    }

    void awaitText(String text) {
        await("'" + text + "'", () -> ui(this::everything).contains(text));
    }

    <W extends Control> List<W> all(Composite in, Class<W> kind) {
        List<W> found = new ArrayList<>();
        if (in.isDisposed()) {
            return found;
        }
        for (Control child : in.getChildren()) {
            if (kind.isInstance(child)) {
                found.add(kind.cast(child));
            }
            if (child instanceof Composite composite) {
                found.addAll(all(composite, kind));
            }
        }
        return found;
    }

    /** {@return all texts that can be seen} */
    String everything() {
        StringBuilder seen = new StringBuilder();
        for (Shell shell : display.getShells()) {
            if (!shell.isVisible()) {
                continue;
            }
            seen.append("window ").append(shell.getText()).append('\n');
            for (Control control : all(shell, Control.class)) {
                if (!control.isVisible() || control.getSize().x <= 1 || control.getSize().y <= 1) {
                    continue;
                }
                if (control instanceof Label label) {
                    seen.append(label.getText()).append('\n');
                } else if (control instanceof org.eclipse.swt.widgets.Text text) {
                    seen.append(text.getText()).append('\n');
                } else if (control instanceof Button button) {
                    seen.append('[').append(button.getText()).append(button.isEnabled() ? "]\n" : "] (grey)\n");
                } else if (control instanceof Section section) {
                    seen.append(section.getText()).append('\n');
                } else if (control instanceof Table table) {
                    rows(table).forEach(row -> seen.append("  ").append(row).append('\n'));
                } else if (control instanceof org.eclipse.ui.forms.widgets.Form form && form.getMessage() != null) {
                    seen.append(form.getMessage()).append('\n');
                }
            }
        }
        return seen.toString();
    }

    /** Saves what the screen shows. */
    void picture(Path file) {
        // GTK draws with the next frames.
        for (int i = 0; i < FRAMES; i++) {
            pause();
            ui(() -> null);
        }
        ui(() -> {
            Image image = new Image(display, display.getBounds().width, display.getBounds().height);
            GC gc = new GC(display);
            gc.copyArea(image, 0, 0);
            gc.dispose();
            ImageLoader loader = new ImageLoader();
            loader.data = new org.eclipse.swt.graphics.ImageData[] {image.getImageData()};
            loader.save(file.toString(), SWT.IMAGE_PNG);
            image.dispose();
            freezes.begin();
            return null;
        });
    }
}
