package org.dyntrace.jmc.tab;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.MBeanServerConnection;

/** Passes calls on to MBeans, remembers which, and where one was made on the thread of the user interface, which would freeze it. */
final class UserThread {
    private final Thread thread;
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<String> operations = new ConcurrentLinkedQueue<>();
    private final Queue<String> answered = new ConcurrentLinkedQueue<>();

    /** Watches a thread. */
    UserThread(Thread thread) {
        this.thread = thread;
    }

    MBeanServerConnection watch(MBeanServerConnection server) {
        return (MBeanServerConnection) Proxy.newProxyInstance(
                UserThread.class.getClassLoader(),
                new Class<?>[] {MBeanServerConnection.class},
                (proxy, method, arguments) -> {
                    if (Thread.currentThread() == thread) {
                        wrong.add(method.getName() + " at " + Arrays.toString(thread.getStackTrace()));
                    }
                    if (method.getName().equals("invoke")) {
                        operations.add((String) arguments[1]);
                    }
                    try {
                        Object answer = method.invoke(server, arguments);
                        if (method.getName().equals("invoke")) {
                            answered.add((String) arguments[1]);
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Throws if there was one. */
    void check() {
        Stage.check("no call on the thread of the user interface " + wrong, wrong.isEmpty());
    }

    /** {@return how often an operation was asked for} */
    long count(String operation) {
        return operations.stream().filter(operation::equals).count();
    }

    /** {@return how often an operation was asked for and answered well} */
    long answered(String operation) {
        return answered.stream().filter(operation::equals).count();
    }
}
