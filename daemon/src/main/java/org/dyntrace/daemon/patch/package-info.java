/** Tracepoints in native processes: trampolines, the patching of text, and the journal that outlives the daemon. */
package org.dyntrace.daemon.patch;
