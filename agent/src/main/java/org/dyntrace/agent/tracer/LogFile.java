package org.dyntrace.agent.tracer;

import org.dyntrace.agent.natives.Natives;

/**
 * A log file that the daemon has opened in the name of who asked. Its identity tells when the program has closed the
 * descriptor and used the number again.
 *
 * @param descriptor in this process
 * @param device of the file
 * @param inode of the file
 */
public record LogFile(int descriptor, long device, long inode) implements AutoCloseable {
    /** {@return the file behind a descriptor that has just come over the link} */
    public static LogFile of(int descriptor) {
        long[] identity = Natives.identity(descriptor);
        return identity == null ? null : new LogFile(descriptor, identity[0], identity[1]);
    }

    @Override
    public void close() {
        Natives.closeFile(descriptor, device, inode);
    }
}
