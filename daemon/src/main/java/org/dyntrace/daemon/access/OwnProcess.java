package org.dyntrace.daemon.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the kernel says of this process. */
final class OwnProcess {
    private OwnProcess() {}

    static Caller identity() {
        try {
            List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
            // real, effective, saved, file system
            long uid = Long.parseLong(values(status, "Uid:")[1]);
            long gid = Long.parseLong(values(status, "Gid:")[1]);
            Set<Long> groups = Arrays.stream(values(status, "Groups:"))
                    .filter(text -> !text.isEmpty())
                    .map(Long::valueOf)
                    .collect(Collectors.toSet());
            return new Caller(uid, gid, groups, ProcessHandle.current().pid());
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/self/status can't be read", e);
        }
    }

    private static String[] values(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip().split("\\s+"))
                .findFirst()
                .orElseThrow();
    }
}
