package org.dyntrace.daemon.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/** Which file it is, and in which state: as long as this is the same, so are its contents. */
record FileKey(long device, long inode, FileTime modified, long size) {
    /** {@return the key of a regular file} */
    static FileKey of(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,lastModifiedTime,size,isRegularFile");
        if (!(Boolean) attributes.get("isRegularFile")) {
            // Opening a FIFO would wait for its other end.
            throw new IOException(path + " is not a regular file");
        }
        return new FileKey(
                (Long) attributes.get("dev"),
                (Long) attributes.get("ino"),
                (FileTime) attributes.get("lastModifiedTime"),
                (Long) attributes.get("size"));
    }
}
