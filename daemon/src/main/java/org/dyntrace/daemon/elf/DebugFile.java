package org.dyntrace.daemon.elf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;

/** Finds the file that holds the symbols stripped from another one. */
final class DebugFile {
    private static final String DEBUG = "/usr/lib/debug";

    private DebugFile() {}

    /**
     * Finds it by build id or by .gnu_debuglink, and checks that it belongs to the file.
     *
     * @param file a program or library
     * @param path its path as its process sees it
     * @param roots what that process, and what we, have as root directory
     */
    static Optional<ElfFile> of(ElfFile file, String path, List<Path> roots) {
        String buildId = buildIdOf(file);
        for (Path root : roots) {
            if (buildId.length() > 2) {
                String name = DEBUG + "/.build-id/" + buildId.substring(0, 2) + "/" + buildId.substring(2) + ".debug";
                Optional<ElfFile> found =
                        open(root, name).filter(debug -> buildIdOf(debug).equals(buildId));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return file.section(".gnu_debuglink").flatMap(link -> linked(file, link, buildId, path, roots));
    }

    private static Optional<ElfFile> linked(
            ElfFile file, Section section, String buildId, String path, List<Path> roots) {
        String name;
        int checksum;
        try {
            Bytes link = file.contents(section);
            name = link.text(0);
            checksum = link.s32(name.length() + 4 & ~3);
        } catch (Failure e) {
            return Optional.empty();
        }
        // It's a name, not a path that could lead anywhere.
        if (name.isEmpty() || name.contains("/") || !path.startsWith("/")) {
            return Optional.empty();
        }
        String folder = path.substring(0, path.lastIndexOf('/'));
        List<String> names = List.of(folder + "/" + name, folder + "/.debug/" + name, DEBUG + folder + "/" + name);
        for (Path root : roots) {
            for (String candidate : names) {
                Optional<ElfFile> found = open(root, candidate)
                        .filter(debug ->
                                !debug.source().key().equals(file.source().key()))
                        .filter(debug -> belongs(debug, buildId, checksum));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The build id tells as much as the checksum, without reading all of the file. */
    private static boolean belongs(ElfFile debug, String buildId, int checksum) {
        String own = buildIdOf(debug);
        if (!own.isEmpty() && !buildId.isEmpty()) {
            return own.equals(buildId);
        }
        try {
            return debug.source().crc() == checksum;
        } catch (Failure e) {
            return false;
        }
    }

    private static String buildIdOf(ElfFile file) {
        try {
            return file.buildId();
        } catch (Failure e) {
            return "";
        }
    }

    private static Optional<ElfFile> open(Path root, String name) {
        List<Path> paths = new ArrayList<>();
        paths.add(Path.of(root + name));
        try {
            return FileSource.find(name, paths, 0).map(ElfFile::read);
        } catch (Failure e) {
            return Optional.empty();
        }
    }
}
