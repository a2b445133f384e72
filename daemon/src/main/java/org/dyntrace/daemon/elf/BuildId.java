package org.dyntrace.daemon.elf;

import java.nio.file.Path;
import java.util.List;
import org.dyntrace.mbeans.Failure;

/** The id that a linker gives to each program that it makes. */
public final class BuildId {
    private BuildId() {}

    /**
     * Reads it.
     *
     * @param file a program's file
     * @return the id in hex; empty when it has none, or can't be read
     */
    public static String of(Path file) {
        try {
            return FileSource.find(file.toString(), List.of(file), 0)
                    .map(ElfFile::read)
                    .map(ElfFile::buildId)
                    .orElse("");
        } catch (Failure damaged) {
            return "";
        }
    }
}
