package org.dyntrace.daemon.proc;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * The memory of one process, through /proc/pid/mem. The open file belongs to the memory itself: when the process has ended or
 * executed another program, reads and writes fail, and never reach a stranger with the same pid. Writes reach read-only and
 * executable pages too (the kernel gives the process a copy of its own of such a page).
 *
 * <p>Any thread may use it.
 */
public final class ProcessMemory implements AutoCloseable {
    /** The most that process_vm_readv takes at once. */
    private static final int MOST_PIECES = 1024;

    private static final int IOVEC = 16;
    private static final int ATTEMPTS = 20;

    private final ProcessId process;
    private final int descriptor;
    private final int pidDescriptor;
    private boolean closed;

    private ProcessMemory(ProcessId process, int descriptor, int pidDescriptor) {
        this.process = process;
        this.descriptor = descriptor;
        this.pidDescriptor = pidDescriptor;
    }

    /**
     * Opens the memory of a process.
     *
     * @param process a process
     * @return its memory, to be closed
     * @throws Failure PROCESS_GONE, NOT_PERMITTED
     */
    public static ProcessMemory open(ProcessId process) {
        int descriptor;
        int error;
        int attempts = 0;
        do {
            descriptor = Libc.open(process.directory() + "/mem", Libc.O_RDWR | Libc.O_CLOEXEC, 0);
            error = Libc.errno();
            // When the main thread has ended the directory is another thread's, which may end, too.
        } while (descriptor < 0 && error == Libc.ENOENT && ++attempts < ATTEMPTS && !process.hasEnded());
        int pidDescriptor = (int) Libc.syscall(Libc.SYS_PIDFD_OPEN, process.pid(), 0, 0, 0);
        ProcessMemory memory = new ProcessMemory(process, descriptor, pidDescriptor);
        // Looked at after both were opened: from now on they can't mean another process.
        if (!process.isAlive()
                || descriptor < 0 && (error == Libc.ESRCH || error == Libc.ENOENT || process.hasEnded())) {
            memory.close();
            throw process.gone();
        }
        if (descriptor < 0) {
            memory.close();
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "The memory of process " + process.pid() + " can't be opened (errno " + error + ").",
                    "Run the daemon as root, or as the user who runs that process.");
        }
        return memory;
    }

    /** {@return the process} */
    public ProcessId process() {
        return process;
    }

    /**
     * Reads exactly this many bytes.
     *
     * @param address where they begin
     * @param into what to fill, whole
     * @throws Failure PROCESS_GONE; INTERNAL when some of them aren't mapped
     */
    public void read(long address, byte[] into) {
        if (!tryRead(address, into)) {
            throw refused("read", address, into.length);
        }
    }

    /**
     * Reads exactly this many bytes.
     *
     * @param address where they begin
     * @param size how many, ≥ 0
     * @return the bytes
     * @throws Failure PROCESS_GONE; INTERNAL when some of them aren't mapped
     */
    public byte[] read(long address, int size) {
        byte[] bytes = new byte[size];
        read(address, bytes);
        return bytes;
    }

    /**
     * Reads when it can, for places that may not be mapped.
     *
     * @param address where to begin
     * @param into what to fill, whole
     * @return whether all of it could be read; else the contents are undefined
     */
    public boolean tryRead(long address, byte[] into) {
        if (Libc.pread(descriptor, into, into.length, address) == into.length) {
            return true;
        }
        // The kernel may stop early, at a page that has to be brought in by a signalled thread; go on from there.
        for (int done = 0; done < into.length; ) {
            byte[] rest = new byte[into.length - done];
            long got = Libc.pread(descriptor, rest, rest.length, address + done);
            if (got <= 0) {
                return false;
            }
            System.arraycopy(rest, 0, into, done, (int) got);
            done += (int) got;
        }
        return true;
    }

    /**
     * Writes exactly these bytes.
     *
     * @param address where they go
     * @param bytes the bytes
     * @throws Failure PROCESS_GONE; INTERNAL when some of the place isn't mapped (some bytes may have been written then)
     */
    public void write(long address, byte[] bytes) {
        if (Libc.pwrite(descriptor, bytes, bytes.length, address) == bytes.length) {
            return;
        }
        for (int done = 0; done < bytes.length; ) {
            byte[] rest = java.util.Arrays.copyOfRange(bytes, done, bytes.length);
            long put = Libc.pwrite(descriptor, rest, rest.length, address + done);
            if (put <= 0) {
                throw refused("written", address + done, rest.length);
            }
            done += (int) put;
        }
    }

    /** {@return the eight bytes at the address, little-endian} */
    public long readLong(long address) {
        return buffer(address, Long.BYTES).getLong();
    }

    /** {@return the four bytes at the address, little-endian} */
    public int readInt(long address) {
        return buffer(address, Integer.BYTES).getInt();
    }

    /** Writes eight bytes, little-endian. */
    public void writeLong(long address, long value) {
        write(
                address,
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array());
    }

    /** Writes four bytes, little-endian. */
    public void writeInt(long address, int value) {
        write(
                address,
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value)
                        .array());
    }

    /**
     * Reads a text that ends with a zero byte.
     *
     * @param address where it begins
     * @param most how many bytes to read at the most
     * @return the text as UTF-8, cut there, or at the first page that can't be read
     */
    public String readText(long address, int most) {
        java.io.ByteArrayOutputStream text = new java.io.ByteArrayOutputStream();
        byte[] piece = new byte[64];
        while (text.size() < most) {
            // Never over a page's end: the next page may not be there.
            int size = (int) Math.min(piece.length, 4096 - (address + text.size()) % 4096);
            byte[] part = size == piece.length ? piece : new byte[size];
            if (!tryRead(address + text.size(), part)) {
                break;
            }
            int end = 0;
            while (end < size && part[end] != 0) {
                end++;
            }
            text.write(part, 0, end);
            if (end < size) {
                break;
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /**
     * Reads many places of one size, 1,024 with each call of the kernel: for counters that lie all over the process. Doesn't
     * disturb the process.
     *
     * @param addresses the places
     * @param size bytes at each, &gt; 0
     * @return the bytes of all the places, one after the other
     * @throws Failure PROCESS_GONE; INTERNAL when one of the places isn't mapped
     */
    public byte[] readScattered(long[] addresses, int size) {
        byte[] all = new byte[Math.multiplyExact(addresses.length, size)];
        if (addresses.length == 0) {
            return all;
        }
        int most = Math.min(MOST_PIECES, addresses.length);
        try (Memory pieces = new Memory((long) most * IOVEC);
                Memory local = new Memory((long) most * size);
                Memory whole = new Memory(IOVEC)) {
            for (int done = 0; done < addresses.length; done += most) {
                int count = Math.min(most, addresses.length - done);
                for (int i = 0; i < count; i++) {
                    pieces.setLong((long) i * IOVEC, addresses[done + i]);
                    pieces.setLong((long) i * IOVEC + Long.BYTES, size);
                }
                whole.setPointer(0, local);
                whole.setLong(Long.BYTES, (long) count * size);
                long got = Libc.process_vm_readv(process.pid(), whole, 1, pieces, count, 0);
                if (got != (long) count * size) {
                    int first = done + (int) (Math.max(got, 0) / size);
                    throw refused("read", addresses[first], size);
                }
                local.read(0, all, done * size, count * size);
            }
        }
        // That call goes by the pid; as long as our process isn't reaped, no other can have had it.
        if (!isThere()) {
            throw process.gone();
        }
        return all;
    }

    /**
     * Reads many eight-byte places.
     *
     * @param addresses the places
     * @return their values, little-endian
     * @throws Failure PROCESS_GONE; INTERNAL when one of the places isn't mapped
     */
    public long[] readLongs(long[] addresses) {
        long[] values = new long[addresses.length];
        ByteBuffer.wrap(readScattered(addresses, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(values);
        return values;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
            if (pidDescriptor >= 0) {
                Libc.close(pidDescriptor);
            }
        }
    }

    private boolean isThere() {
        return Libc.syscall(Libc.SYS_PIDFD_SEND_SIGNAL, pidDescriptor, 0, 0, 0) == 0 || Libc.errno() == Libc.EPERM;
    }

    private ByteBuffer buffer(long address, int size) {
        return ByteBuffer.wrap(read(address, size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Failure refused(String verb, long address, int size) {
        if (!isThere() || Libc.pread(descriptor, new byte[1], 1, address) == 0) {
            return process.gone();
        }
        return new Failure(
                Reason.INTERNAL,
                String.format("%d bytes at 0x%x of process %d can't be %s.", size, address, process.pid(), verb),
                "They may have been unmapped meanwhile; try again.");
    }
}
