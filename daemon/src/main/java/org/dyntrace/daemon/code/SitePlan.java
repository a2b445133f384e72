package org.dyntrace.daemon.code;

import org.dyntrace.daemon.elf.Module;

/**
 * How a place can be patched.
 *
 * @param module the module that holds it
 * @param address the insertion address, in the process
 * @param patchAddress where the jump goes: the insertion address, or behind the endbr64 there
 * @param original the bytes that are replaced: the window, 5 bytes or more; those behind the jump are to be filled with int3
 * @param codeLength how many of them are instructions to be moved; what follows is padding behind the function
 * @param boundaries offsets of these instructions from the patch address, ascending, the first is 0
 */
public record SitePlan(
        Module module, long address, long patchAddress, byte[] original, int codeLength, int[] boundaries)
        implements Planned {
    /** {@return how many bytes are replaced} */
    public int windowLength() {
        return original.length;
    }

    /** {@return the address behind the last byte that is replaced} */
    public long windowEnd() {
        return patchAddress + original.length;
    }
}
