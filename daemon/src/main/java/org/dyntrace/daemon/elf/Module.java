package org.dyntrace.daemon.elf;

import java.util.List;
import org.dyntrace.daemon.proc.Mapping;

/**
 * A program or library as one process has it loaded.
 *
 * @param file what is known of the file
 * @param path its path as the process sees it
 * @param bias what to add to the file's addresses to get those of the process
 * @param code where the process has its code, by address
 */
public record Module(ModuleFile file, String path, long bias, List<Mapping> code) {
    /** {@return its file name} */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@return whether the address lies in its code} */
    public boolean contains(long address) {
        return code.stream().anyMatch(mapping -> mapping.contains(address));
    }

    /** {@return the address in the file} */
    public long toFile(long address) {
        return address - bias;
    }

    /** {@return the address in the process} */
    public long toProcess(long address) {
        return address + bias;
    }

    /**
     * {@return whether people mean this module: its file name, with or without what follows ".so"; or its path}
     *
     * @param wanted like "libc", "libc.so", "libc.so.6", "/usr/bin/bash"; of liblzma.so.5.4.1 also "liblzma.so.5"
     */
    boolean isCalled(String wanted) {
        String name = name();
        if (wanted.contains("/")) {
            return wanted.equals(path);
        }
        if (name.equals(wanted) || name.startsWith(wanted + ".so") && endsWord(name, wanted.length() + 3)) {
            return true;
        }
        if (wanted.contains(".so.")) {
            return name.startsWith(wanted + ".");
        }
        if (wanted.endsWith(".so")) {
            return name.startsWith(wanted + ".") || isVersioned(name, wanted.substring(0, wanted.length() - 3));
        }
        return isVersioned(name, wanted);
    }

    /** libc-2.31.so */
    private static boolean isVersioned(String name, String stem) {
        int dash = stem.length();
        return name.startsWith(stem + "-")
                && name.length() > dash + 1
                && Character.isDigit(name.charAt(dash + 1))
                && name.contains(".so");
    }

    private static boolean endsWord(String name, int at) {
        return at == name.length() || name.charAt(at) == '.';
    }
}
