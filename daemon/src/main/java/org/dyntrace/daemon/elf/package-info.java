/**
 * The modules of a process and their functions: ELF files, debug files, unwind tables.
 *
 * <p>The files belong to the traced programs and may be hostile: every offset and length is checked against the file. A file
 * that can't be read gives a {@link org.dyntrace.mbeans.Failure}, never another exception. Only what is needed is read, into
 * arrays: a mapped file that someone truncates meanwhile would be a signal in the daemon.
 */
package org.dyntrace.daemon.elf;
