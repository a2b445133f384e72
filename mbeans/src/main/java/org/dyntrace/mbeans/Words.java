package org.dyntrace.mbeans;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Words of a line, written as a shell would read them, as far as single quotes go. */
final class Words {
    private static final Pattern PLAIN = Pattern.compile("[\\w./:@%+,=~^$&*?\\[\\]<>!-]+");

    private Words() {}

    /** {@return the words of a line; blanks and tabs separate, single quotes keep them together} */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted) {
                quoted = c != '\'';
                if (quoted) {
                    word.append(c);
                }
            } else if (c == '\'') {
                quoted = true;
                inWord = true;
            } else if (c == '\\' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                inWord = true;
            } else if (c == ' ' || c == '\t') {
                if (inWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quoted) {
            throw new Failure(Reason.BAD_REQUEST, "A quote does not end.", "Write the second ' of it.");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    /** {@return the word, quoted where that is needed} */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
