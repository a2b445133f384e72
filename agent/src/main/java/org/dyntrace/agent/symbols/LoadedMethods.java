package org.dyntrace.agent.symbols;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dyntrace.agent.Refusal;
import org.dyntrace.agent.weave.DeclaredMethod;
import org.dyntrace.wire.JvmMethod;
import org.dyntrace.wire.ListMethods;
import org.dyntrace.wire.Methods;

/** The methods of all loaded classes. Listing them loads, links and initialises nothing. */
public final class LoadedMethods {
    private final Instrumentation instrumentation;
    private final ClassNumbers numbers;
    private final ModuleNames modules;

    private record Numbered(int number, Class<?> type) {}

    /**
     * Of a JVM.
     *
     * @param instrumentation the JVM's
     * @param numbers of its classes
     * @param modules of its classes
     */
    public LoadedMethods(Instrumentation instrumentation, ClassNumbers numbers, ModuleNames modules) {
        this.instrumentation = instrumentation;
        this.numbers = numbers;
        this.modules = modules;
    }

    /**
     * A page.
     *
     * @param methods in the order of their addresses
     * @param more whether others follow
     */
    public record Page(List<JvmMethod> methods, boolean more) {}

    /**
     * Lists methods.
     *
     * @param wanted which, above which address, how many
     * @param bytes about how much text the page may hold
     * @return that page
     */
    public Page list(ListMethods wanted, int bytes) {
        MethodMatcher matcher = new MethodMatcher(wanted.getMethods());
        String module = wanted.getMethods().getModule();
        int first = MethodAddress.classNumber(wanted.getAbove());
        List<JvmMethod> page = new ArrayList<>();
        int size = 0;
        for (Numbered numbered : classesFrom(first)) {
            Class<?> type = numbered.type();
            if (!matcher.matchesClass(type.getName())) {
                continue;
            }
            String itsModule = modules.of(type.getClassLoader(), type.getName());
            if (!module.isEmpty() && !module.equals(itsModule)) {
                continue;
            }
            List<DeclaredMethod> methods = methods(type);
            for (int rank = 0; rank < methods.size(); rank++) {
                DeclaredMethod method = methods.get(rank);
                long address = MethodAddress.of(numbered.number(), rank);
                if (Long.compareUnsigned(address, wanted.getAbove()) <= 0
                        || !matcher.matches(type.getName(), method.name(), method.descriptor())) {
                    continue;
                }
                if (page.size() >= wanted.getLimit() || size > bytes) {
                    return new Page(page, true);
                }
                String name = MethodName.of(type.getName(), method.name(), method.descriptor());
                page.add(JvmMethod.newBuilder()
                        .setAddress(address)
                        .setName(name)
                        .setModule(itsModule)
                        .build());
                size += name.length() + itsModule.length() + 20;
            }
        }
        return new Page(page, false);
    }

    /**
     * Finds the method at an address.
     *
     * @param address as {@link #list} gave it
     * @return exactly that method
     * @throws Refusal NOT_CODE or NOT_AN_ENTRY
     */
    public Methods at(long address) {
        if (!MethodAddress.isBeginning(address)) {
            throw new Refusal(
                    "NOT_AN_ENTRY",
                    "0x" + Long.toHexString(address) + " is not the beginning of a Java method.",
                    "Take an address from 'dyntrace list-symbols'.");
        }
        return classesFrom(MethodAddress.classNumber(address)).stream()
                .filter(numbered -> numbered.number() == MethodAddress.classNumber(address))
                .findFirst()
                .flatMap(numbered -> method(numbered.type(), MethodAddress.rank(address)))
                .orElseThrow(() -> new Refusal(
                        "NOT_CODE",
                        "No loaded class has a method at 0x" + Long.toHexString(address) + ".",
                        "Take an address from 'dyntrace list-symbols'."));
    }

    private static Optional<Methods> method(Class<?> type, int rank) {
        List<DeclaredMethod> methods = methods(type);
        if (rank >= methods.size()) {
            return Optional.empty();
        }
        DeclaredMethod method = methods.get(rank);
        return Optional.of(Methods.newBuilder()
                .setForm(Methods.Form.METHOD)
                .setType(type.getName())
                .setMethod(method.name())
                .setText(method.descriptor())
                .build());
    }

    private List<Numbered> classesFrom(int first) {
        List<Numbered> classes = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (isTheirs(type)) {
                int number = numbers.of(type.getClassLoader(), type.getName());
                if (number >= first && number != 0) {
                    classes.add(new Numbered(number, type));
                }
            }
        }
        classes.sort(Comparator.comparingInt(Numbered::number));
        return classes;
    }

    /** Not ours, and with methods that a name can mean: hidden classes have none. */
    private static boolean isTheirs(Class<?> type) {
        return !type.isArray()
                && !type.isPrimitive()
                && !type.isHidden()
                && type.getClassLoader() != LoadedMethods.class.getClassLoader()
                && !type.getName().startsWith("java.lang.Dyntrace")
                && !type.getName().startsWith("org.dyntrace.agent.");
    }

    private static List<DeclaredMethod> methods(Class<?> type) {
        List<DeclaredMethod> methods = DeclaredMethod.of(type);
        return methods == null ? List.of() : methods;
    }
}
