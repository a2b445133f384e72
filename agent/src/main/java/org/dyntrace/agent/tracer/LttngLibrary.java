package org.dyntrace.agent.tracer;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dyntrace.agent.Refusal;

/**
 * The provider library, bound when lttng is first used in this JVM. JNA finds its functions and state and calls what is
 * seldom; each hit goes through one JNI native, which costs a tenth of a JNA call.
 */
final class LttngLibrary {
    private static final int RTLD_NOW = 2;
    /** lttng-ust keeps threads and callbacks: it must never be unloaded. */
    private static final int RTLD_NODELETE = 0x1000;

    private static LttngLibrary loaded;

    private final NativeLibrary library;
    private final long tracer;
    private final long[] states = new long[Event.values().length];
    private final long probes;
    private final Function info;

    private LttngLibrary(Path file) {
        library =
                NativeLibrary.getInstance(file.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_NOW | RTLD_NODELETE));
        tracer = Pointer.nativeValue(library.getGlobalVariableAddress("dyntrace_lttng_tracer"));
        Function state = library.getFunction("dyntrace_lttng_state");
        for (Event event : Event.values()) {
            states[event.number()] = Pointer.nativeValue(state.invokePointer(new Object[] {event.number()}));
        }
        probes =
                Pointer.nativeValue(library.getFunction("dyntrace_lttng_probes").invokePointer(new Object[0]));
        info = library.getFunction("dyntrace_lttng_info");
    }

    static synchronized LttngLibrary load(Path file) {
        if (loaded == null) {
            if (!Files.isReadable(file)) {
                throw new Refusal(
                        "LTTNG_MISSING",
                        "This JVM does not see dyntrace's installation, from where it would load " + file.getFileName()
                                + ".",
                        "Let its container or mount namespace have that directory and LTTng-UST, or use the tracer log, count or jfr.");
            }
            try {
                loaded = new LttngLibrary(file);
            } catch (LinkageError e) {
                throw new Refusal(
                        "LTTNG_MISSING",
                        "LTTng-UST can't be loaded in this JVM: "
                                + String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("") + ".",
                        "Install it where the process sees it (Debian package liblttng-ust1), or use the tracer log.");
            }
        }
        return loaded;
    }

    /** Lets go of it, when no tracer uses it any more; a thread and the class loader of JNA's would stay for it. */
    static synchronized void unload() {
        if (loaded != null) {
            loaded.library.close();
            loaded = null;
        }
    }

    long tracer() {
        return tracer;
    }

    /** {@return address of an int that is not 0 while an event is recorded} */
    long state(Event event) {
        return states[event.number()];
    }

    /** {@return address of a word that changes when a recording starts} */
    long probes() {
        return probes;
    }

    void info(String tracepoint, String symbol, String module, long address) {
        info.invokeVoid(new Object[] {tracepoint, symbol, module, address});
    }
}
