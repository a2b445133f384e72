package org.dyntrace.agent.symbols;

import java.util.HashMap;
import java.util.Map;

/**
 * What a Java method has in the place of a native function's module: the module of its package, or its loader. Nothing of
 * the application's is called for it.
 */
public final class ModuleNames {
    private final Map<String, Module> byPackage = new HashMap<>();

    /** Knows the JVM's boot layer. */
    public ModuleNames() {
        for (Module module : ModuleLayer.boot().modules()) {
            for (String name : module.getPackages()) {
                byPackage.put(name, module);
            }
        }
    }

    /**
     * Names it.
     *
     * @param loader the class's defining loader
     * @param dottedClass the class's name
     * @return java.base; app for the class path; else the kind of loader
     */
    public String of(ClassLoader loader, String dottedClass) {
        int dot = dottedClass.lastIndexOf('.');
        Module module = dot < 0 ? null : byPackage.get(dottedClass.substring(0, dot));
        if (module != null && module.getClassLoader() == loader) {
            return module.getName();
        }
        if (loader == null) {
            return "boot";
        }
        if (loader == ClassLoader.getSystemClassLoader()) {
            return "app";
        }
        String name = loader.getClass().getSimpleName();
        return name.isEmpty() ? "loader" : name;
    }
}
