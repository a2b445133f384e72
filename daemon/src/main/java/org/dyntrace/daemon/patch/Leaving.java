package org.dyntrace.daemon.patch;

/**
 * What is left of an agent whose thread is about to end.
 *
 * @param thread the tid of that thread
 * @param stack where its stack begins
 * @param stackSize bytes
 * @param handle of the library, for dlclose; 0 when it has to stay
 * @param code an address in the library
 * @param reason why it has to stay, or empty
 */
public record Leaving(int thread, long stack, long stackSize, long handle, long code, String reason) {}
