package org.dyntrace.daemon.jmx;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;

/** The notifications of one MBean, numbered from 1. Only classes of the JDK go to the listeners. */
final class Announcements extends NotificationBroadcasterSupport {
    private final ObjectName source;
    private final AtomicLong sequence = new AtomicLong();

    /**
     * No notifications yet.
     *
     * @param source the MBean
     * @param types what it announces: {@link org.dyntrace.mbeans.Events}
     * @param description of these, for people
     */
    Announcements(ObjectName source, List<String> types, String description) {
        super(new MBeanNotificationInfo(types.toArray(String[]::new), Notification.class.getName(), description));
        this.source = source;
    }

    void send(String type, String message, Map<String, String> data) {
        Notification notification = new Notification(type, source, sequence.incrementAndGet(), message);
        notification.setUserData(new TreeMap<>(data));
        sendNotification(notification);
    }
}
