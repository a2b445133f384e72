package org.dyntrace.daemon.proc;

/**
 * One line of /proc/pid/maps.
 *
 * @param start first address
 * @param end address after the last
 * @param permissions as the kernel writes them, like "r-xp"
 * @param offset where in the file it begins, in bytes
 * @param device the file's device as the kernel writes it, like "fe:00"; "00:00" for none
 * @param inode the file's inode, 0 for none
 * @param path the file, or a name like "[heap]", or empty; without the kernel's " (deleted)"
 * @param deleted whether the file has no name any more
 */
public record Mapping(
        long start,
        long end,
        String permissions,
        long offset,
        String device,
        long inode,
        String path,
        boolean deleted) {
    private static final String DELETED = " (deleted)";

    static Mapping parse(String line) {
        int dash = line.indexOf('-');
        int afterEnd = line.indexOf(' ', dash);
        int afterPermissions = line.indexOf(' ', afterEnd + 1);
        int afterOffset = line.indexOf(' ', afterPermissions + 1);
        int afterDevice = line.indexOf(' ', afterOffset + 1);
        int afterInode = line.indexOf(' ', afterDevice + 1);
        String inode = line.substring(afterDevice + 1, afterInode < 0 ? line.length() : afterInode);
        // A path may itself hold blanks, so only the padding before it goes; the kernel writes a line feed in it as
        // \012.
        String path =
                afterInode < 0 ? "" : line.substring(afterInode).stripLeading().replace("\\012", "\n");
        boolean deleted = path.endsWith(DELETED);
        return new Mapping(
                Long.parseUnsignedLong(line, 0, dash, 16),
                Long.parseUnsignedLong(line, dash + 1, afterEnd, 16),
                line.substring(afterEnd + 1, afterPermissions),
                Long.parseUnsignedLong(line, afterPermissions + 1, afterOffset, 16),
                line.substring(afterOffset + 1, afterDevice),
                Long.parseLong(inode),
                deleted ? path.substring(0, path.length() - DELETED.length()) : path,
                deleted);
    }

    /** {@return how many bytes it covers} */
    public long size() {
        return end - start;
    }

    /** {@return whether the address lies in it} */
    public boolean contains(long address) {
        return address >= start && address < end;
    }

    /** {@return whether it can be read} */
    public boolean readable() {
        return permissions.charAt(0) == 'r';
    }

    /** {@return whether it can be written} */
    public boolean writable() {
        return permissions.charAt(1) == 'w';
    }

    /** {@return whether it can be executed} */
    public boolean executable() {
        return permissions.charAt(2) == 'x';
    }

    /** {@return whether writes to it stay in this process} */
    public boolean isPrivate() {
        return permissions.charAt(3) == 'p';
    }

    /** {@return the last part of the path} */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** {@return whether it shows a file with a path} */
    public boolean isFile() {
        return inode != 0 && path.startsWith("/");
    }

    /** {@return whether both show the same file} */
    public boolean sameFile(Mapping other) {
        return inode == other.inode && device.equals(other.device) && path.equals(other.path);
    }
}
