package org.dyntrace.mbeans;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A place, or a pattern of places, in the code of a process: the one grammar for every door (commands, JMX, listings).
 *
 * <pre>
 * location  = [ "native:" | "java:" ] place
 * place     = "0x" HEX                                    an address
 *           | "/" REGEX "/" [ at ]                        found anywhere in a name; ^ and $ tie it down
 *           | NAME [ "+0x" HEX ] [ at ]                   one function, or an instruction in it
 *           | GLOB [ at ]                                 * for any text, ? for any character
 *           | CLASS "." METHOD [ "(" [ TYPE { "," TYPE } ] ")" ]    a Java method
 * at        = "@" (MODULE | VERSION) | "@@" VERSION
 * </pre>
 *
 * <p><b>Stars in C++ names.</b> {@code *} and {@code ?} make a pattern only where they stand outside of every
 * {@code (…)}, {@code <…>} and {@code […]} and are not part of an operator's name ({@code operator*},
 * {@code operator->*}). So {@code ns::*} is a pattern, while {@code ns::K<int*>::f(char*)} and
 * {@code operator delete(void*)} are exact names. Should no function have such an exact name, {@link Symbol#asGlob()}
 * is the second reading: {@code f(*)} then means all overloads of f. Once one star outside makes a pattern, those
 * inside are wildcards as well, which match themselves too.
 *
 * <p><b>At.</b> The part behind the last {@code @} that is outside of brackets. {@code @@} can only be followed by a
 * symbol version. A single {@code @} is followed by a module's file name or a version: who knows the modules decides.
 *
 * <p><b>Java or native.</b> {@code java.util.HashMap.put} may also be a native name (Go writes {@code main.main}). Without
 * prefix, only what no native name can be ({@code …<init>}, {@code <clinit>}, a parameter list of Java types behind a
 * dotted name) is read as {@link JavaMethod}; all else is native, with {@link #asJava()} as further reading in a JVM.
 *
 * <p>{@link #parse} and {@link Object#toString()} are inverse: {@code parse(l.toString()).equals(l)}.
 */
public sealed interface Location {
    /** The longest location, in characters. */
    int MAX_LENGTH = 4096;

    /** {@return which world the location was restricted to} */
    Scope scope();

    /** {@return the reading as a Java method, for a location without prefix that has one} */
    default Optional<JavaMethod> asJava() {
        return Optional.empty();
    }

    /**
     * Reads a location.
     *
     * @param text a location, 1 to {@link #MAX_LENGTH} characters
     * @return the location
     * @throws Failure BAD_REQUEST when the text does not fit the grammar
     */
    static Location parse(String text) {
        return LocationParser.parse(text);
    }

    /** Which functions may be meant. */
    enum Scope {
        /** Native or Java, whichever there is. */
        ANY(""),
        /** Only native code. */
        NATIVE("native:"),
        /** Only Java methods. */
        JAVA("java:");

        private final String prefix;

        Scope(String prefix) {
            this.prefix = prefix;
        }

        /** {@return the scope that a text's prefix names} */
        static Scope of(String text) {
            // "java::x" may be a C++ name.
            return text.startsWith(NATIVE.prefix)
                    ? NATIVE
                    : text.startsWith(JAVA.prefix) && !text.startsWith("java::") ? JAVA : ANY;
        }

        /** {@return how a location of this scope begins} */
        public String prefix() {
            return prefix;
        }
    }

    /**
     * One instruction.
     *
     * @param scope which world
     * @param value the address, unsigned; ids of Java methods have the top byte 0x4A
     */
    record Address(Scope scope, long value) implements Location {
        @Override
        public String toString() {
            return scope.prefix() + "0x" + Long.toHexString(value);
        }
    }

    /**
     * One function, or an instruction in it.
     *
     * @param scope which world
     * @param name its name, demangled or as in the symbol table
     * @param offset bytes from the function's beginning, ≥ 0
     * @param at a module or version, {@code @VERSION} if it can only be a version, or empty
     */
    record Symbol(Scope scope, String name, long offset, String at) implements Location {
        /** {@return the second reading, for when no function has exactly this name and it holds wildcards} */
        public Optional<Glob> asGlob() {
            boolean wild = offset == 0 && (name.indexOf('*') >= 0 || name.indexOf('?') >= 0);
            return wild ? Optional.of(new Glob(scope, name, at)) : Optional.empty();
        }

        @Override
        public Optional<JavaMethod> asJava() {
            return scope == Scope.ANY && offset == 0 && at.isEmpty()
                    ? JavaMethodParser.read(scope, name)
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return scope.prefix() + name + (offset == 0 ? "" : "+0x" + Long.toHexString(offset)) + atText(at);
        }
    }

    /**
     * All functions whose name fits a pattern.
     *
     * @param scope which world
     * @param pattern a name with * for any text and ? for any character
     * @param at as in {@link Symbol}
     */
    record Glob(Scope scope, String pattern, String at) implements Location {
        @Override
        public Optional<JavaMethod> asJava() {
            return scope == Scope.ANY && at.isEmpty() ? JavaMethodParser.read(scope, pattern) : Optional.empty();
        }

        @Override
        public String toString() {
            return scope.prefix() + pattern + atText(at);
        }
    }

    /**
     * All functions in whose name an expression is found.
     *
     * @param scope which world; a Java name is searched as {@code package.Class.method(types)}
     * @param expression as {@link java.util.regex.Pattern} takes it
     * @param at as in {@link Symbol}
     */
    record Regex(Scope scope, String expression, String at) implements Location {
        @Override
        public String toString() {
            return scope.prefix() + "/" + expression + "/" + atText(at);
        }
    }

    /**
     * Java methods.
     *
     * @param scope ANY or JAVA
     * @param type the class with its package, nested classes behind $; * stands for any text without a dot, ** for any
     * @param method the method's name, a pattern, {@code <init>} or {@code <clinit>}
     * @param parameters the types in order, such as int, java.lang.String[]; nothing for all overloads
     */
    record JavaMethod(Scope scope, String type, String method, Optional<List<String>> parameters) implements Location {
        /** Copies the list. */
        public JavaMethod {
            parameters = parameters.map(List::copyOf);
        }

        @Override
        public String toString() {
            String types = parameters
                    .map(list -> list.stream().collect(Collectors.joining(",", "(", ")")))
                    .orElse("");
            return scope.prefix() + type + "." + method + types;
        }
    }

    private static String atText(String at) {
        return at.isEmpty() ? "" : "@" + at;
    }
}
