package org.dyntrace.daemon.inject;

import org.dyntrace.daemon.proc.Mapping;

/**
 * Addresses in the target of the functions that the {@link Stub} calls; 0 for one that this libc doesn't have.
 *
 * @param errnoLocation __errno_location
 * @param malloc the malloc that the target's loader uses
 * @param free its counterpart
 * @param setCancelState pthread_setcancelstate
 * @param dlopen dlopen, or __libc_dlopen_mode
 * @param dlopenFlags what dlopen takes as second argument
 * @param dlsym dlsym, or __libc_dlsym
 * @param dlsymKnowsDefault whether that dlsym takes RTLD_DEFAULT
 * @param dlerror dlerror
 * @param dlclose dlclose, or __libc_dlclose
 */
record LoaderFunctions(
        long errnoLocation,
        long malloc,
        long free,
        long setCancelState,
        long dlopen,
        int dlopenFlags,
        long dlsym,
        boolean dlsymKnowsDefault,
        long dlerror,
        long dlclose) {
    private static final int RTLD_NOW = 2;

    /** What glibc before 2.34 asks for from its own callers of __libc_dlopen_mode. */
    private static final int INTERNAL_DLOPEN = 0x80000000;

    static LoaderFunctions in(TargetModules modules) {
        ElfImage libc = modules.libc();
        ElfImage allocator = modules.allocator();
        ElfImage dl =
                modules.named("libdl.so.2").or(() -> modules.named("libdl-2.")).orElse(libc);
        ElfImage threads = modules.named("libpthread").orElse(libc);
        long dlopen = libc.symbol("dlopen");
        long dlsym = libc.symbol("dlsym");
        long dlerror = libc.symbol("dlerror");
        long dlclose = libc.symbol("dlclose");
        if (dlopen == 0) {
            dlopen = dl.symbol("dlopen");
            dlsym = dl.symbol("dlsym");
            dlerror = dl.symbol("dlerror");
            dlclose = dl.symbol("dlclose");
        }
        boolean isInternal = dlopen == 0;
        return new LoaderFunctions(
                libc.symbol("__errno_location"),
                allocator.symbol("malloc"),
                allocator.symbol("free"),
                threads.symbol("pthread_setcancelstate"),
                isInternal ? libc.symbol("__libc_dlopen_mode") : dlopen,
                isInternal ? RTLD_NOW | INTERNAL_DLOPEN : RTLD_NOW,
                isInternal ? libc.symbol("__libc_dlsym") : dlsym,
                !isInternal,
                dlerror,
                isInternal ? libc.symbol("__libc_dlclose") : dlclose);
    }

    /** {@return whether a mapping belongs to the dynamic loader} */
    static boolean isLoader(Mapping mapping) {
        String name = mapping.fileName();
        return mapping.isFile()
                && (name.startsWith("ld-linux") || name.startsWith("ld-2.") || name.startsWith("ld.so"));
    }
}
