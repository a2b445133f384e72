package org.dyntrace.jmc.page;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Function;

/**
 * A type of JMC's user interface, which is in no public repository: what implements it is a proxy, made in the class loader that has it, and what JMC hands
 * over of it is called by reflection.
 *
 * @param type JMC's
 */
record JmcType(Class<?> type) {
    private static final String PACKAGE = "org.openjdk.jmc.flightrecorder.ui.";

    /** {@return the one of a name, which this bundle imports if JMC has it} */
    static JmcType named(String name) throws ClassNotFoundException {
        return new JmcType(Class.forName(PACKAGE + name, true, JmcType.class.getClassLoader()));
    }

    /**
     * Implements it, as it is an interface.
     *
     * @param answers for each method, by its name. Any other one does what the interface says, if it says something
     */
    Object answering(Map<String, Function<Object[], Object>> answers) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Function<Object[], Object> answer = answers.get(method.getName());
            if (answer != null) {
                return answer.apply(arguments);
            }
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                case "toString" -> type.getSimpleName() + " of dyntrace";
                default -> throw new UnsupportedOperationException(method.toString());
            };
        };
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    /** {@return what a public method of an object that JMC has handed over returns} */
    Object call(Object on, String name, Class<?> parameter, Object argument) {
        return invoke(on, () -> type.getMethod(name, parameter), argument);
    }

    /** {@return what a public method without parameters returns} */
    Object call(Object on, String name) {
        return invoke(on, () -> type.getMethod(name));
    }

    private interface Finds {
        Method method() throws NoSuchMethodException;
    }

    private static Object invoke(Object on, Finds finds, Object... arguments) {
        try {
            return finds.method().invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JMC is another one than dyntrace was made for.", e);
        }
    }
}
