package org.dyntrace.agent.weave;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** In the forked JVM: the application, which lets a scenario run in the agent's own class loader. */
public final class ForkMain {
    static final String DONE = "scenario done";

    private static Instrumentation instrumentation;

    private ForkMain() {}

    public static void premain(String options, Instrumentation given) {
        instrumentation = given;
    }

    public static void main(String[] arguments) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("agent.classes").split(File.pathSeparator)) {
            urls.add(new File(path).toURI().toURL());
        }
        ClassLoader own = new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        // First of all: scenarios have subclasses of them.
        Class.forName("org.dyntrace.agent.boot.BootClasses", true, own)
                .getMethod("define", Instrumentation.class)
                .invoke(null, instrumentation);
        try {
            Class.forName(arguments[0], true, own)
                    .getMethod("run", Instrumentation.class, List.class)
                    .invoke(null, instrumentation, Arrays.asList(arguments).subList(1, arguments.length));
            System.out.println(DONE);
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            System.exit(1);
        }
    }
}
