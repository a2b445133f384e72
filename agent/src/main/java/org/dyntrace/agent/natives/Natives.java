package org.dyntrace.agent.natives;

import java.util.concurrent.locks.LockSupport;

/**
 * The functions of libdyntrace-jvm.so. An error is the negative of an errno of Linux. Descriptors of ours lie in the program's own
 * table, and programs close what they don't know: each is compared with the file that it was before it is used.
 *
 * <p>Those that wait ({@link #connect}, {@link #receive}, {@link #send}, {@link #awaitInput}) are for the
 * agent's own thread; they hold no lock, and nothing that the garbage collector would have to wait for.
 */
public final class Natives {
    /** How often and in what steps to wait until the JVM has unloaded the library of an earlier class loader: 2 s. */
    private static final int UNLOAD_TRIES = 200;

    private static final long UNLOAD_NANOS = 10_000_000;

    private static boolean loaded;

    private Natives() {}

    /**
     * Loads the library, for the class loader of this class, unless it has one. Before anything else here.
     *
     * @param library absolute path of libdyntrace-jvm.so
     * @throws UnsatisfiedLinkError when it can't be loaded
     */
    public static synchronized void load(String library) {
        for (int tries = UNLOAD_TRIES; !loaded; tries--) {
            try {
                System.load(library);
                loaded = true;
            } catch (UnsatisfiedLinkError problem) {
                // An earlier agent's class loader has just been collected, and the JVM is about to unload its library.
                if (tries == 0 || !String.valueOf(problem.getMessage()).contains("another classloader")) {
                    throw problem;
                }
                LockSupport.parkNanos(UNLOAD_NANOS);
            }
        }
    }

    /**
     * Stops all threads of the JVM for a moment, each between two bytecodes or at a safepoint of compiled code.
     *
     * @return whether it could
     */
    public static native boolean safepoint();

    /**
     * Connects to a daemon; waits at most 5 s for one that does not accept.
     *
     * @param socket path of its socket, at most 107 bytes
     * @return a descriptor, or -errno: -EPERM unless the peer is root or runs as we do, -ENAMETOOLONG, -ENOENT, -ECONNREFUSED, …
     */
    public static native int connect(String socket);

    /**
     * Receives what is there, waiting for the first byte.
     *
     * @param fd what {@link #connect} returned
     * @param to where to put it
     * @param offset the first place to fill
     * @param length how many bytes at most, &gt; 0
     * @param passed a descriptor that comes along is put into its first place if that is negative, and closed if not; may be null
     * @return how many bytes, 0 at the end, or -errno; -EBADF when fd is no socket of ours any more
     */
    public static native int receive(int fd, byte[] to, int offset, int length, int[] passed);

    /**
     * Sends all of it.
     *
     * @param fd what {@link #connect} returned
     * @param from the bytes
     * @param offset the first of them
     * @param length how many, &gt; 0
     * @return length, or -errno; -EBADF when fd is no socket of ours any more
     */
    public static native int send(int fd, byte[] from, int offset, int length);

    /**
     * Waits until something can be received, or the other side is gone.
     *
     * @param fd what {@link #connect} returned
     * @param milliseconds how long; negative: for ever
     * @return 1 if so, 0 after that time, or -errno
     */
    public static native int awaitInput(int fd, int milliseconds);

    /**
     * Closes a socket, if it still is the one that {@link #connect} made. A thread that waits in it wakes up.
     *
     * @param fd what {@link #connect} returned
     */
    public static native void shut(int fd);

    /**
     * Tells which file a descriptor is.
     *
     * @param fd a descriptor
     * @return its device and inode, or null if it is open no more
     */
    public static native long[] identity(int fd);

    /**
     * Closes a descriptor, if it still is that file.
     *
     * @param fd a descriptor
     * @param device its device, from {@link #identity}
     * @param inode its inode
     */
    public static native void closeFile(int fd, long device, long inode);

    /** {@return the address of the log tracer, for {@link #trace}} */
    public static native long logTracer();

    /**
     * Calls a native tracer.
     *
     * @param tracer its address; not checked, this is the hot path
     * @param site address of a struct dyntrace_site (layout.h); not checked
     * @param event 0 hit, 1 entry, 2 exit
     * @return 0 recorded, 1 lost
     */
    public static native int trace(long tracer, long site, int event);

    /**
     * Gets native memory, filled with zeros.
     *
     * @param bytes how many
     * @return its address, or 0 when there is none or bytes is not positive
     */
    public static native long allocate(int bytes);

    /**
     * Gives memory back.
     *
     * @param address what {@link #allocate} returned, or 0
     */
    public static native void free(long address);

    /**
     * Writes to native memory.
     *
     * @param address where, in memory that {@link #allocate} gave and that has room; nothing happens if it is 0
     * @param bytes what; nothing happens if it is null
     */
    public static native void write(long address, byte[] bytes);

    /**
     * Reads an int from native memory.
     *
     * @param address where, divisible by 4
     * @return the int, or 0 if address is 0
     */
    public static native int readInt(long address);

    /**
     * The methods that a class declares, as the JVM runs them. Loads and links no class.
     *
     * @param of a class
     * @return {String[] names, String[] descriptors, int[] modifiers as in the class file}; a method that has just been replaced may
     *     have null for its name. Null if the class is not linked yet
     */
    public static native Object[] methods(Class<?> of);

    /**
     * The bytecode of a method that the JVM runs now. Loads and links no class.
     *
     * @param of a class
     * @param name the method's name
     * @param descriptor its descriptor, as in the class file
     * @return its bytecode; null if it is native or abstract, there is none of this name, or the class is not linked yet
     */
    public static native byte[] bytecodes(Class<?> of, String name, String descriptor);
}
