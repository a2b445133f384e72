package org.dyntrace.jmc.browser;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IExecutableExtensionFactory;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Status;
import org.openjdk.jmc.common.action.Executable;
import org.openjdk.jmc.rjmx.common.IServerDescriptor;

/**
 * Makes the factory of the action "Trace with dyntrace…". Its type, {@value #TYPE}, is part of JMC's user interface, which is in no
 * public repository to compile against; so the factory is a proxy for it.
 */
public final class TraceActions implements IExecutableExtensionFactory {
    private static final String TYPE = "org.openjdk.jmc.rjmx.actionprovider.IActionFactory";

    private static final ResourceBundle TEXTS = ResourceBundle.getBundle("org.dyntrace.jmc.browser.texts");

    /** Made by Eclipse's extension registry. */
    public TraceActions() {}

    @Override
    public Object create() throws CoreException {
        try {
            Class<?> type = Class.forName(TYPE, true, TraceActions.class.getClassLoader());
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::call);
        } catch (ClassNotFoundException e) {
            throw new CoreException(new Status(IStatus.ERROR, "org.dyntrace.jmc", say("NO_ACTIONS"), e));
        }
    }

    private static String say(String text) {
        return MessageFormat.format(TEXTS.getString(text), TYPE);
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws ReflectiveOperationException {
        return switch (method.getName()) {
            case "createAction" -> action(arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> say("ACTIONS");
        };
    }

    private static Executable action(Object server) throws ReflectiveOperationException {
        Method descriptor = server.getClass().getMethod("getServerDescriptor");
        if (!descriptor.canAccess(server)) {
            // Its class is internal, the interface that it implements is not.
            descriptor.setAccessible(true);
        }
        return new TraceAction((IServerDescriptor) descriptor.invoke(server));
    }
}
