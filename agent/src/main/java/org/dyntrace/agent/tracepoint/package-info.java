/** The tracepoints of this JVM. */
package org.dyntrace.agent.tracepoint;
