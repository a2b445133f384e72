package org.dyntrace.daemon.code;

/**
 * The bytes that a jump replaces.
 *
 * @param start where they begin, in the file's addresses
 * @param bytes the bytes, 5 or more
 * @param codeLength how many of them are instructions; what follows is padding
 * @param boundaries offsets of the instructions, ascending, the first is 0
 */
record Window(long start, byte[] bytes, int codeLength, int[] boundaries) {}
