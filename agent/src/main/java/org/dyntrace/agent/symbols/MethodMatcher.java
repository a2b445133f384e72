package org.dyntrace.agent.symbols;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.dyntrace.agent.Refusal;
import org.dyntrace.agent.weave.MethodPattern;
import org.dyntrace.wire.Methods;

/** Which methods a location or a filter means. */
public final class MethodMatcher implements MethodPattern {
    private final Methods wanted;
    private final Pattern type;
    private final Pattern method;
    private final Pattern whole;

    /**
     * Understands what is wanted.
     *
     * @param wanted by form PART, GLOB, REGEX or METHOD
     * @throws Refusal BAD_REQUEST
     */
    public MethodMatcher(Methods wanted) {
        this.wanted = wanted;
        this.type = wanted.getForm() == Methods.Form.METHOD ? glob(wanted.getType(), "[^.]*") : null;
        this.method = wanted.getForm() == Methods.Form.METHOD ? glob(wanted.getMethod(), ".*") : null;
        this.whole = switch (wanted.getForm()) {
            case GLOB -> glob(wanted.getText(), ".*");
            case REGEX -> regex(wanted.getText());
            default -> null;
        };
    }

    private static Pattern regex(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new Refusal(
                    "BAD_REQUEST", "'" + expression + "' is no regular expression.", "Quote it for the shell.");
        }
    }

    /** Null when there is nothing to match but the text itself. */
    private static Pattern glob(String text, String star) {
        if (text.indexOf('*') < 0 && text.indexOf('?') < 0) {
            return null;
        }
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*' && text.startsWith("**", i)) {
                pattern.append(".*");
                i++;
            } else if (c == '*') {
                pattern.append(star);
            } else if (c == '?') {
                pattern.append('.');
            } else {
                pattern.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(pattern.toString());
    }

    @Override
    public boolean matchesClass(String dottedName) {
        if (wanted.getForm() != Methods.Form.METHOD) {
            return true;
        }
        return type == null
                ? wanted.getType().equals(dottedName)
                : type.matcher(dottedName).matches();
    }

    @Override
    public boolean matches(String dottedClass, String name, String descriptor) {
        return switch (wanted.getForm()) {
            case METHOD ->
                matchesClass(dottedClass)
                        && (method == null
                                ? wanted.getMethod().equals(name)
                                : method.matcher(name).matches())
                        && (wanted.getText().isEmpty() || wanted.getText().equals(descriptor))
                        && (!wanted.getTyped() || sameTypes(descriptor));
            case PART -> MethodName.of(dottedClass, name, descriptor).contains(wanted.getText());
            case GLOB ->
                matchesGlob(dottedClass + "." + name) || matchesGlob(MethodName.of(dottedClass, name, descriptor));
            case REGEX ->
                whole.matcher(MethodName.of(dottedClass, name, descriptor)).find();
            default -> false;
        };
    }

    private boolean matchesGlob(String name) {
        return whole == null
                ? wanted.getText().equals(name)
                : whole.matcher(name).matches();
    }

    private boolean sameTypes(String descriptor) {
        List<String> types = MethodName.parameters(descriptor);
        if (types.size() != wanted.getParametersCount()) {
            return false;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!types.get(i).equals(wanted.getParameters(i).replace("...", "[]"))) {
                return false;
            }
        }
        return true;
    }
}
