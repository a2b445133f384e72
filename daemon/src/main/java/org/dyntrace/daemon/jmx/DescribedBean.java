package org.dyntrace.daemon.jmx;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.InvalidAttributeValueException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.NotificationEmitter;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.StandardEmitterMBean;
import javax.management.openmbean.CompositeData;
import org.dyntrace.daemon.access.Audit;
import org.dyntrace.mbeans.Changes;
import org.dyntrace.mbeans.Description;
import org.dyntrace.mbeans.Failure;

/**
 * An MXBean with the descriptions that its interface's annotations give. Whatever door a client comes by, it gets failures
 * as exceptions of the JDK.
 */
final class DescribedBean extends StandardEmitterMBean {
    /** Of all these MBeans. */
    private static final LongAdder REQUESTS = new LongAdder();

    private static final LongAdder FAILURES = new LongAdder();

    private final Class<?> contract;
    private volatile Object name = "";

    private <T> DescribedBean(T bean, Class<T> contract, NotificationEmitter emitter) {
        super(bean, contract, true, emitter);
        this.contract = contract;
        // What super has made, it made before the contract was known here.
        cacheMBeanInfo(null);
    }

    /**
     * An MBean for the server.
     *
     * @param bean what it does
     * @param contract its MXBean interface
     * @param emitter its notifications
     * @param <T> the interface
     */
    static <T> DescribedBean of(T bean, Class<T> contract, NotificationEmitter emitter) {
        return new DescribedBean(bean, contract, emitter);
    }

    /** {@return how many attributes and operations clients have asked for} */
    static long requests() {
        return REQUESTS.sum();
    }

    /** {@return how many of them failed} */
    static long failures() {
        return FAILURES.sum();
    }

    @Override
    public ObjectName preRegister(MBeanServer server, ObjectName wanted) throws Exception {
        ObjectName own = super.preRegister(server, wanted);
        name = own;
        return own;
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return contract == null ? "" : text(contract.getAnnotation(Description.class), info.getDescription());
    }

    @Override
    protected String getDescription(MBeanFeatureInfo info) {
        Object description = info.getDescriptor().getFieldValue("description");
        return description == null ? info.getDescription() : description.toString();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return getDescription((MBeanFeatureInfo) info);
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        return getDescription((MBeanFeatureInfo) info);
    }

    @Override
    protected String getDescription(MBeanOperationInfo operation, MBeanParameterInfo info, int position) {
        return text(parameter(operation, position, Description.class), info.getDescription());
    }

    @Override
    protected String getParameterName(MBeanOperationInfo operation, MBeanParameterInfo info, int position) {
        Description description = parameter(operation, position, Description.class);
        return description == null || description.name().isEmpty() ? info.getName() : description.name();
    }

    @Override
    protected int getImpact(MBeanOperationInfo info) {
        boolean changes = method(info)
                .filter(method -> method.isAnnotationPresent(Changes.class))
                .isPresent();
        return !changes
                ? MBeanOperationInfo.INFO
                : info.getReturnType().equals("void") ? MBeanOperationInfo.ACTION : MBeanOperationInfo.ACTION_INFO;
    }

    private <A extends Annotation> A parameter(MBeanOperationInfo operation, int position, Class<A> type) {
        return method(operation)
                .map(Method::getParameters)
                .filter(parameters -> position < parameters.length)
                .map(parameters -> parameters[position])
                .map((Parameter parameter) -> parameter.getAnnotation(type))
                .orElse(null);
    }

    /** Our contracts overload nothing. */
    private Optional<Method> method(MBeanOperationInfo operation) {
        return contract == null
                ? Optional.empty()
                : Arrays.stream(contract.getMethods())
                        .filter(method -> method.getName().equals(operation.getName()))
                        .findFirst();
    }

    private static String text(Description description, String otherwise) {
        return description == null ? otherwise : description.value();
    }

    @Override
    public Object getAttribute(String attribute)
            throws AttributeNotFoundException, MBeanException, ReflectionException {
        REQUESTS.increment();
        try {
            return super.getAttribute(attribute);
        } catch (Failure failure) {
            FAILURES.increment();
            throw failure.toWire();
        }
    }

    @Override
    public void setAttribute(Attribute attribute)
            throws AttributeNotFoundException, InvalidAttributeValueException, MBeanException, ReflectionException {
        String operation = "set " + attribute.getName();
        Object[] value = {attribute.getValue()};
        try {
            super.setAttribute(attribute);
            Audit.done(operation, name, value, "");
        } catch (Failure failure) {
            Audit.failed(operation, name, value, failure.toWire());
            throw failure.toWire();
        }
    }

    @Override
    public Object invoke(String action, Object[] arguments, String[] signature)
            throws MBeanException, ReflectionException {
        REQUESTS.increment();
        if (!changes(action)) {
            try {
                return super.invoke(action, arguments, signature);
            } catch (Failure failure) {
                FAILURES.increment();
                throw failure.toWire();
            }
        }
        try {
            Object result = super.invoke(action, arguments, signature);
            Audit.done(action, name, arguments, made(result));
            return result;
        } catch (Failure failure) {
            Audit.failed(action, name, arguments, failure.toWire());
            FAILURES.increment();
            throw failure.toWire();
        } catch (MBeanException | ReflectionException | RuntimeException e) {
            Audit.failed(action, name, arguments, e);
            throw e;
        }
    }

    private boolean changes(String action) {
        return contract != null
                && Arrays.stream(contract.getMethods())
                        .anyMatch(
                                method -> method.getName().equals(action) && method.isAnnotationPresent(Changes.class));
    }

    /** What has a name of its own: a tracepoint, a process. */
    private static String made(Object result) {
        return result instanceof CompositeData data && data.containsKey("name") ? String.valueOf(data.get("name")) : "";
    }
}
