package org.dyntrace.mbeans;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code package.Class.method(types)}. */
final class JavaMethodParser {
    private static final String PART = "(?:[\\p{javaJavaIdentifierPart}*?-]+)";
    private static final Pattern METHOD = Pattern.compile("(?<type>" + PART + "(?:\\." + PART + ")*)\\.(?<method>"
            + PART + "|<init>|<clinit>)(?:\\((?<types>[^()]*)\\))?");
    private static final Pattern TYPE = Pattern.compile("[\\p{javaJavaIdentifierPart}.]+(?:\\[\\])*(?:\\.\\.\\.)?");
    private static final Pattern ONLY_JAVA =
            Pattern.compile("[^@:]*\\.(?:<init>|<clinit>|[^.:@()<> ]+(?=\\([^()<>&*:@]*\\)$)).*");

    private JavaMethodParser() {}

    /** {@return whether no native name looks like this: constructors, or dots and Java types in parentheses} */
    static boolean canOnlyBeJava(String text) {
        return ONLY_JAVA.matcher(text).matches();
    }

    static Optional<Location.JavaMethod> read(Location.Scope scope, String text) {
        if (text.endsWith(".**") && text.length() > 3 && isPattern(text)) {
            // All methods of everything below a package.
            return Optional.of(new Location.JavaMethod(scope, text, "*", Optional.empty()));
        }
        Matcher parts = METHOD.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Optional<List<String>> types = Optional.ofNullable(parts.group("types")).map(JavaMethodParser::types);
        if (types.isPresent()
                && !types.get().stream().allMatch(type -> TYPE.matcher(type).matches())) {
            return Optional.empty();
        }
        return Optional.of(new Location.JavaMethod(scope, parts.group("type"), parts.group("method"), types));
    }

    private static boolean isPattern(String text) {
        return METHOD.matcher(text).matches();
    }

    private static List<String> types(String text) {
        return text.isBlank()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }
}
