package org.dyntrace.daemon.elf;

/**
 * A function's code.
 *
 * @param start where it begins, in the file's addresses
 * @param end the address after its last instruction
 */
public record Extent(long start, long end) {}
