/**
 * Machine code: decoding and moving it, and deciding whether and how a place can hold the jump of a tracepoint.
 *
 * <p>The planner accepts a place only when it can show that nothing but the instruction before leads into the bytes behind the
 * first one of those that the jump replaces; what it can't show, it refuses with the reason.
 */
package org.dyntrace.daemon.code;
