package org.dyntrace.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under headings, in columns that are as wide as they need to be; numbers on the right. Prints nothing without rows. */
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(headings);
    }

    void row(Object... cells) {
        rows.add(Arrays.stream(cells)
                .map(cell -> Complaint.printable(String.valueOf(cell)))
                .toArray(String[]::new));
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    void print(Stdout out) {
        lines().forEach(out::line);
    }

    /** {@return the lines of the table; none without rows} */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (isEmpty()) {
            return lines;
        }
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            widths[c] =
                    rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
            numbers[c] = rows.stream().skip(1).allMatch(row -> isNumber(row[column]));
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(widths[c] - row[c].length());
                line.append(c == 0 ? "" : GAP).append(numbers[c] ? pad + row[c] : row[c] + pad);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.');
    }
}
