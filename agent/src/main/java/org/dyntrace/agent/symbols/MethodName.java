package org.dyntrace.agent.symbols;

import java.util.ArrayList;
import java.util.List;

/** Methods' names as people write them. */
public final class MethodName {
    private MethodName() {}

    /**
     * The whole name.
     *
     * @param dottedClass {@code java.util.Map$Entry}
     * @param method its name
     * @param descriptor as in the class file
     * @return {@code package.Class.method(int,java.lang.String[])}
     */
    public static String of(String dottedClass, String method, String descriptor) {
        return dottedClass + "." + method + "(" + String.join(",", parameters(descriptor)) + ")";
    }

    /** {@return the types of a descriptor's parameters, as in source code} */
    static List<String> parameters(String descriptor) {
        List<String> types = new ArrayList<>();
        int at = 1;
        while (at < descriptor.length() && descriptor.charAt(at) != ')') {
            int dimensions = 0;
            while (descriptor.charAt(at) == '[') {
                dimensions++;
                at++;
            }
            int end = descriptor.charAt(at) == 'L' ? descriptor.indexOf(';', at) : at;
            String type = descriptor.charAt(at) == 'L'
                    ? descriptor.substring(at + 1, end).replace('/', '.')
                    : primitive(descriptor.charAt(at));
            types.add(type + "[]".repeat(dimensions));
            at = end + 1;
        }
        return types;
    }

    private static String primitive(char letter) {
        return switch (letter) {
            case 'Z' -> "boolean";
            case 'B' -> "byte";
            case 'C' -> "char";
            case 'S' -> "short";
            case 'I' -> "int";
            case 'J' -> "long";
            case 'F' -> "float";
            default -> "double";
        };
    }
}
