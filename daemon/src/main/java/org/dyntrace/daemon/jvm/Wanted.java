package org.dyntrace.daemon.jvm;

import java.util.List;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.wire.Methods;

/** Says in the wire's words which methods are wanted. */
final class Wanted {
    private Wanted() {}

    static Methods methods(SymbolFilter filter) {
        Methods.Form form = switch (filter.form()) {
            case PART -> Methods.Form.PART;
            case GLOB -> Methods.Form.GLOB;
            case REGEX -> Methods.Form.REGEX;
        };
        return Methods.newBuilder()
                .setForm(form)
                .setText(filter.text())
                .setModule(filter.at())
                .build();
    }

    static Methods methods(Location location) {
        if (location instanceof Location.Address address) {
            return Methods.newBuilder()
                    .setForm(Methods.Form.ADDRESS)
                    .setAddress(address.value())
                    .build();
        }
        if (location instanceof Location.Regex regex) {
            return Methods.newBuilder()
                    .setForm(Methods.Form.REGEX)
                    .setText(regex.expression())
                    .setModule(regex.at())
                    .build();
        }
        if (location instanceof Location.JavaMethod method) {
            return method(method);
        }
        return method(location.asJava()
                .orElseThrow(() -> new Failure(
                        Reason.NO_SUCH_SYMBOL,
                        location + " is no Java method.",
                        "Write package.Class.method, or package.Class.method(int,java.lang.String).")));
    }

    private static Methods method(Location.JavaMethod method) {
        return Methods.newBuilder()
                .setForm(Methods.Form.METHOD)
                .setType(method.type())
                .setMethod(method.method())
                .setTyped(method.parameters().isPresent())
                .addAllParameters(method.parameters().orElse(List.of()))
                .build();
    }

    /** Who says java:, or gives a pattern, may mean classes that are loaded later. */
    static boolean mayComeLater(Location location) {
        return location.scope() == Location.Scope.JAVA && !(location instanceof Location.Address);
    }
}
