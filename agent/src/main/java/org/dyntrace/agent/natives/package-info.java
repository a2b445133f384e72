/** What Java can't do: the link's Unix socket with passed descriptors, native tracers, and JVMTI. */
package org.dyntrace.agent.natives;
