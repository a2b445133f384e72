package org.dyntrace.agent;

import java.lang.reflect.Method;

/**
 * From release 24 on, a JVM warns on the program's stderr when a module that was not named on its command line loads a
 * native library. The agent's module is given the same right that --enable-native-access would give; java.lang is open to
 * it since the boot classes were defined.
 */
final class NativeAccess {
    private static final int FIRST_RELEASE = 22;

    private NativeAccess() {}

    static void allow() {
        if (Runtime.version().feature() < FIRST_RELEASE) {
            return;
        }
        try {
            Method grant = Module.class.getDeclaredMethod("implAddEnableNativeAccess");
            grant.setAccessible(true);
            grant.invoke(NativeAccess.class.getModule());
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Of a release to come: then it warns, and goes on.
        }
    }
}
