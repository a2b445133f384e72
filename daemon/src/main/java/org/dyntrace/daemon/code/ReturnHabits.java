package org.dyntrace.daemon.code;

import java.util.List;
import java.util.Set;

/**
 * Functions for which entry/exit can't work, by name: they look at their return address to learn who calls, return several times or
 * elsewhere, or have no caller.
 */
final class ReturnHabits {
    private static final Set<String> UNUSUAL = Set.of(
            // return once more, later
            "setjmp",
            "_setjmp",
            "__setjmp",
            "sigsetjmp",
            "__sigsetjmp",
            "getcontext",
            "__getcontext",
            "swapcontext",
            "__swapcontext",
            "setcontext",
            "__setcontext",
            "__start_context",
            "makecontext",
            "__makecontext",
            "jump_fcontext",
            "ontop_fcontext",
            "make_fcontext",
            "coroutine_transfer",
            "savectx",
            "_save_context",
            // return twice, in two processes or threads, one of them on another stack or on the same at the same time
            "vfork",
            "__vfork",
            "__libc_vfork",
            "clone",
            "__clone",
            "clone3",
            "__clone3",
            "__clone_internal",
            "__clone3_internal",
            "__clone2",
            // look at who calls
            "dlopen",
            "__dlopen",
            "dlmopen",
            "__dlmopen",
            "dlsym",
            "__dlsym",
            "dlvsym",
            "__dlvsym",
            "_dl_sym",
            "_dl_vsym",
            "__libc_dlopen_mode",
            "mcount",
            "_mcount",
            "__fentry__",
            "__gnu_mcount_nc",
            // change their own return address
            "_Unwind_RaiseException",
            "_Unwind_Resume",
            "_Unwind_Resume_or_Rethrow",
            "_Unwind_ForcedUnwind",
            "__morestack",
            "__morestack_non_split",
            "__morestack_large_model",
            // have no caller
            "_start",
            "__start",
            "_dl_start",
            "_dl_start_user",
            "__restore_rt",
            "__restore");

    private static final String LAZY_BINDING = "_dl_runtime_";

    private ReturnHabits() {}

    static boolean unusual(List<String> linkNames) {
        return linkNames.stream().anyMatch(name -> UNUSUAL.contains(name) || name.startsWith(LAZY_BINDING));
    }
}
