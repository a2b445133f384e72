package org.dyntrace.daemon.verify;

import org.dyntrace.daemon.elf.ModuleFile;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.mbeans.Failure;

/**
 * Code of a file as a process has it mapped.
 *
 * @param file the file
 * @param mapping where and which part of it
 */
record MappedFile(ModuleFile file, Mapping mapping) {
    private static final long PAGE = 4096;

    /** {@return the address behind the last page that shows something of the file} */
    long end() {
        long inFile = Math.max(0, file.size() - mapping.offset()) + PAGE - 1 & -PAGE;
        return mapping.start() + Math.min(mapping.size(), inFile);
    }

    /** {@return the place in the file of an address of the process} */
    long offset(long address) {
        return address - mapping.start() + mapping.offset();
    }

    /** {@return the address in the process of a place in the file} */
    long address(long offset) {
        return offset - mapping.offset() + mapping.start();
    }

    byte[] stored(long address, int size) {
        return file.bytes(offset(address), size);
    }

    boolean isWritable() {
        return file.isWritable(mapping.offset());
    }

    boolean isRelocated(long address) {
        return file.addressAt(offset(address)).stream().anyMatch(file::isRelocated);
    }

    /** {@return the address in the process where the file's code ends; what follows on its last page is nobody's} */
    long codeEnd(long address) {
        return address(file.segmentEnd(offset(address)));
    }

    /** {@return the function at an address of the process, with +0xOFFSET behind its beginning; or an empty text} */
    String symbol(long address) {
        try {
            return file.addressAt(offset(address)).stream()
                    .boxed()
                    .flatMap(at -> file.symbolAt(at).stream().map(symbol -> {
                        long behind = at - symbol.value();
                        return symbol.displayName() + (behind == 0 ? "" : "+0x" + Long.toHexString(behind));
                    }))
                    .findFirst()
                    .orElse("");
        } catch (Failure symbolsUnreadable) {
            return "";
        }
    }
}
