package org.dyntrace.mbeans;

import java.util.BitSet;
import java.util.List;

/** Tells which characters of a (perhaps C++) name stand outside of brackets and operators' names. */
final class CppName {
    /** Longest first, so that none hides another that begins with it. */
    private static final List<String> OPERATORS = List.of(
            "->*", "<=>", "<<=", ">>=", "()", "[]", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
            "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "\"\"", "+", "-", "*", "/", "%", "^", "&", "|", "~", "!",
            "=", "<", ">", ",");

    private static final String OPERATOR = "operator";

    private final String name;
    private final BitSet outside = new BitSet();

    CppName(String name) {
        this.name = name;
        int depth = 0;
        int i = 0;
        while (i < name.length()) {
            int operator = operatorLength(i);
            if (operator > 0) {
                i += operator;
                continue;
            }
            char c = name.charAt(i);
            if (c == '(' || c == '<' || c == '[' || c == '{') {
                depth++;
            } else if ((c == ')' || c == '>' || c == ']' || c == '}') && depth > 0) {
                depth--;
            } else if (depth == 0) {
                outside.set(i);
            }
            i++;
        }
        if (depth != 0) {
            // Unbalanced: no C++ name after all, so brackets mean nothing.
            outside.set(0, name.length());
        }
    }

    /** {@return whether a * or ? outside makes the name a pattern} */
    boolean hasWildcard() {
        return outside.stream().anyMatch(i -> name.charAt(i) == '*' || name.charAt(i) == '?');
    }

    /** {@return where the last @ outside is, or -1} */
    int lastAt() {
        for (int i = outside.length() - 1; i >= 0; i = i == 0 ? -1 : outside.previousSetBit(i - 1)) {
            if (name.charAt(i) == '@') {
                return i;
            }
        }
        return -1;
    }

    /** How much of the name from i on spells an operator; 0 if nothing. */
    private int operatorLength(int i) {
        if (!name.startsWith(OPERATOR, i) || (i > 0 && Character.isJavaIdentifierPart(name.charAt(i - 1)))) {
            return 0;
        }
        int at = i + OPERATOR.length();
        for (String operator : OPERATORS) {
            if (name.startsWith(operator, at)) {
                return OPERATOR.length() + operator.length();
            }
        }
        return 0;
    }
}
