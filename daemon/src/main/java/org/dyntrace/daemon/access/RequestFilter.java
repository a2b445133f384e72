package org.dyntrace.daemon.access;

import java.io.ObjectInputFilter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;

/**
 * What may be in a request: texts, numbers, names of MBeans, notification filters and queries. No class that hashes what it reads,
 * so that no nest of sets keeps a processor busy; and no long array but of bytes, since memory is taken for an array before its
 * elements are read.
 */
final class RequestFilter implements ObjectInputFilter {
    private static final Logger LOG = System.getLogger(RequestFilter.class.getName());

    private static final int DEPTH_MAX = 20;
    private static final int ARRAY_MAX = 10_000;
    private static final int REFERENCES_MAX = 100_000;

    /** Only as the type of arrays, which are empty of it. */
    private static final String NOBODY = "javax.security.auth.Subject";

    private static final Set<String> CLASSES = Set.of(
            "java.lang.String",
            "java.lang.Number",
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.lang.Object",
            "java.util.ArrayList",
            "java.util.Vector",
            "java.rmi.MarshalledObject",
            "javax.management.ObjectName",
            "javax.management.Attribute",
            "javax.management.AttributeList",
            "javax.management.NotificationFilterSupport",
            "javax.management.AttributeChangeNotificationFilter",
            "javax.management.relation.MBeanServerNotificationFilter",
            "javax.management.QueryEval",
            "javax.management.AndQueryExp",
            "javax.management.OrQueryExp",
            "javax.management.NotQueryExp",
            "javax.management.BinaryRelQueryExp",
            "javax.management.BinaryOpValueExp",
            "javax.management.BetweenQueryExp",
            "javax.management.InQueryExp",
            "javax.management.InstanceOfQueryExp",
            "javax.management.MatchQueryExp",
            "javax.management.AttributeValueExp",
            "javax.management.QualifiedAttributeValueExp",
            "javax.management.ClassAttributeValueExp",
            "javax.management.StringValueExp",
            "javax.management.NumericValueExp",
            "javax.management.BooleanValueExp",
            "javax.management.ValueExp",
            "javax.management.QueryExp");

    private final int bytes;

    /**
     * A filter.
     *
     * @param bytes that a request may have
     */
    RequestFilter(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        boolean fits = info.depth() <= DEPTH_MAX
                && info.references() <= REFERENCES_MAX
                && info.streamBytes() <= bytes
                && (info.arrayLength() <= ARRAY_MAX
                        || info.serialClass() == byte[].class && info.arrayLength() <= bytes);
        if (fits && (info.serialClass() == null || isWanted(info.serialClass()))) {
            return info.serialClass() == null ? Status.UNDECIDED : Status.ALLOWED;
        }
        LOG.log(
                Level.WARNING,
                "{0} sent what is no request: {1}, array of {2}, depth {3}, {4} bytes",
                Caller.marked(),
                info.serialClass() == null ? "" : info.serialClass().getName(),
                info.arrayLength(),
                info.depth(),
                info.streamBytes());
        return Status.REJECTED;
    }

    private static boolean isWanted(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element.isPrimitive()
                || CLASSES.contains(element.getName())
                || type.isArray() && element.getName().equals(NOBODY);
    }
}
