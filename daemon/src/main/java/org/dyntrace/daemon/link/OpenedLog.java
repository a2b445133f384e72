package org.dyntrace.daemon.link;

/**
 * A log file in a target.
 *
 * @param fd the target's descriptor
 * @param device identity of the file, so that a descriptor that the program has closed and reused is noticed
 * @param inode identity of the file
 */
public record OpenedLog(int fd, long device, long inode) {}
