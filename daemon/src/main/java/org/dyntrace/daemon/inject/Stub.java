package org.dyntrace.daemon.inject;

import static org.dyntrace.daemon.inject.Assembler.EQUAL;
import static org.dyntrace.daemon.inject.Assembler.NOT_EQUAL;
import static org.dyntrace.daemon.inject.Assembler.R10;
import static org.dyntrace.daemon.inject.Assembler.R12;
import static org.dyntrace.daemon.inject.Assembler.R13;
import static org.dyntrace.daemon.inject.Assembler.R14;
import static org.dyntrace.daemon.inject.Assembler.R15;
import static org.dyntrace.daemon.inject.Assembler.R8;
import static org.dyntrace.daemon.inject.Assembler.RAX;
import static org.dyntrace.daemon.inject.Assembler.RBP;
import static org.dyntrace.daemon.inject.Assembler.RBX;
import static org.dyntrace.daemon.inject.Assembler.RCX;
import static org.dyntrace.daemon.inject.Assembler.RDI;
import static org.dyntrace.daemon.inject.Assembler.RDX;
import static org.dyntrace.daemon.inject.Assembler.RSI;
import static org.dyntrace.daemon.inject.Assembler.RSP;

import java.nio.charset.StandardCharsets;
import org.dyntrace.daemon.proc.Registers;
import org.dyntrace.daemon.proc.SyscallRestart;

/**
 * The code that one of the target's threads runs in our stead: it loads the library and then goes back to where the thread was,
 * with nothing changed, all by itself. The daemon may be killed at any moment without harm.
 *
 * <ul>
 *   <li>It never touches the thread's own stack, not even below the red zone: general registers come from the copy that the daemon
 *       took, vector registers are saved in the {@link WorkRegion}, and so is the stack that the functions run on.
 *   <li>It writes no memory of the program's but errno, which it restores.
 *   <li>Signals are blocked meanwhile by the daemon, and unblocked again by the stub as its last act, when the stack pointer is the
 *       program's: the kernel writes signal frames there.
 *   <li>At its end it sends itself a signal that means nothing to the program. While the daemon lives, that stops the thread, its
 *       results in registers, and the daemon puts it back into an interrupted system call as only ptrace can, so that a signal that
 *       waits still makes the call end with EINTR. Without a daemon the kernel drops the signal, and the stub jumps back itself, to
 *       make the call again.
 * </ul>
 */
final class Stub {
    private static final int SYS_MMAP = 9;
    private static final int SYS_MUNMAP = 11;
    private static final int SYS_SIGPROCMASK = 14;
    private static final int SYS_CLOSE = 3;
    private static final int SYS_SCHED_SETSCHEDULER = 144;
    private static final int ORDINARY_RESET_ON_FORK = 0x40000000;
    private static final int SYS_GETTID = 186;
    private static final int SYS_TKILL = 200;
    private static final int SYS_MEMFD_CREATE = 319;
    private static final int SIG_SETMASK = 2;
    private static final int SIGNAL_SET = 8;
    private static final int CANCEL_DISABLE = 1;
    private static final int MFD_CLOEXEC = 1;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS_FIXED_NOREPLACE = 0x100022;
    private static final int DEFAULT_MXCSR = 0x1f80;

    /** Larger than what thread caches keep, so that it needs the arena's lock, and smaller than what is mapped on its own. */
    private static final int TRIAL_SIZE = 2048;

    private static final long DIRECTION_AND_TRAP_FLAGS = 0x500;

    /** rbx points so far into the data that most of it is within reach of a one-byte displacement. */
    private static final int BIAS = 0x80;

    private static final int ERRNO_LOCATION = 0x00 - BIAS;
    private static final int MALLOC = 0x08 - BIAS;
    private static final int FREE = 0x10 - BIAS;
    private static final int DLOPEN = 0x18 - BIAS;
    private static final int DLSYM = 0x20 - BIAS;
    private static final int DLERROR = 0x28 - BIAS;
    private static final int SET_CANCEL_STATE = 0x30 - BIAS;
    private static final int PATH = 0x38 - BIAS;
    private static final int START_NAME = 0x40 - BIAS;
    private static final int ARGUMENT = 0x48 - BIAS;
    private static final int TRIAL_NAME = 0x50 - BIAS;
    private static final int REGISTERS = 0x58 - BIAS;
    private static final int FLAGS = 0xd8 - BIAS;
    private static final int MASK = 0xe0 - BIAS;
    private static final int ALL_SIGNALS = 0xe8 - BIAS;
    private static final int ZERO = 0xf0 - BIAS;
    private static final int TEXTS = 0xf8;

    private final Assembler code = new Assembler();
    private final LoaderFunctions functions;
    private final Errand errand;
    private final boolean viaMemfd;
    private final boolean hasXsave;
    private final int signal;
    private final byte[] codeBytes;
    private final byte[] dataBytes;
    private final long address;
    private final long dataAddress;
    private final WorkRegion region;

    /**
     * Writes the code.
     *
     * @param address where it will be; with 0 its size can be asked for
     * @param dataAddress where its data will be, a multiple of 16
     * @param region where its memory will be
     * @param functions what it calls
     * @param errand what it does
     * @param registers of the thread, as stopped
     * @param mask the thread's blocked signals
     * @param signal the number of the signal that it stops itself with
     * @param first whether the daemon lets it come first as long as it is in the stub
     * @param hasXsave whether this processor and kernel save vector registers with XSAVE
     */
    Stub(
            long address,
            long dataAddress,
            WorkRegion region,
            LoaderFunctions functions,
            Errand errand,
            Registers registers,
            long mask,
            int signal,
            boolean first,
            boolean hasXsave) {
        this.address = address;
        this.dataAddress = dataAddress;
        this.region = region;
        this.functions = functions;
        this.errand = errand;
        this.viaMemfd = errand instanceof Load load && load.path() == null;
        this.hasXsave = hasXsave;
        this.signal = signal;
        Registers settled = registers.copy();
        SyscallRestart.settle(settled);
        begin();
        tryLocks();
        if (errand instanceof Load) {
            loadLibrary();
        } else {
            unloadLibrary();
        }
        finishUp();
        goBack(settled.rip(), first);
        mark(code);
        codeBytes = code.finish();
        dataBytes = data(errand, settled, mask);
    }

    /** {@return what it is for} */
    Errand errand() {
        return errand;
    }

    /** What a stub is for. */
    sealed interface Errand permits Load, Unload {
        /** {@return what becomes of the agent, for messages} */
        default String done() {
            return this instanceof Load ? "loaded" : "taken out";
        }
    }

    /**
     * What is to be loaded.
     *
     * @param path the library, as the target sees it; null for one whose contents the daemon supplies
     * @param startName the function to call then
     * @param argument its argument
     */
    record Load(String path, String startName, String argument) implements Errand {}

    /**
     * What is to be unloaded.
     *
     * @param handle of a library, 0 for none
     * @param memory address of memory to unmap
     * @param size of it, bytes
     */
    record Unload(long handle, long memory, long size) implements Errand {}

    private void begin() {
        // The daemon has put mmap's number and arguments into the registers.
        code.label("begin");
        code.syscall();
        code.compare(RAX, R12);
        code.jump(NOT_EQUAL, "no region");
        code.address(RSP, R12, WorkRegion.STACK_TOP);
        vectorState(4, 0);
        // The called functions expect an empty x87 stack and default rounding; the program may be in the middle of MMX
        // code.
        code.bytes(0xdb, 0xe3);
        code.storeNumber(R12, WorkRegion.MXCSR, DEFAULT_MXCSR);
        code.memory(false, 2, R12, WorkRegion.MXCSR, 0x0f, 0xae);
        progress(WorkRegion.Progress.TRYING_MALLOC);
        code.callThrough(RBX, ERRNO_LOCATION);
        code.store(RAX, R12, WorkRegion.ERRNO_ADDRESS);
        code.load32(RAX, RAX, 0);
        code.store32(RAX, R12, WorkRegion.ERRNO);
        if (functions.setCancelState() != 0) {
            code.set(RDI, CANCEL_DISABLE);
            code.address(RSI, R12, WorkRegion.CANCEL_STATE);
            code.callThrough(RBX, SET_CANCEL_STATE);
        }
    }

    /** Takes and releases the locks that loading needs; a thread that hangs here holds nothing of ours and can be taken back. */
    private void tryLocks() {
        code.set(RDI, TRIAL_SIZE);
        code.callThrough(RBX, MALLOC);
        code.move(RDI, RAX);
        code.callThrough(RBX, FREE);
        progress(WorkRegion.Progress.TRYING_LOADER);
        if (functions.dlsymKnowsDefault()) {
            code.set(RDI, 0);
            code.load(RSI, RBX, TRIAL_NAME);
            code.callThrough(RBX, DLSYM);
        }
        progress(WorkRegion.Progress.LOADING);
    }

    private void loadLibrary() {
        if (viaMemfd) {
            code.load(RDI, RBX, START_NAME);
            code.set(RSI, MFD_CLOEXEC);
            code.syscall(SYS_MEMFD_CREATE);
            code.store32(RAX, R12, WorkRegion.DESCRIPTOR);
            code.move(R13, RAX);
            stop("wants contents");
            code.compareWithZero(R12, WorkRegion.PATH);
            code.jump(EQUAL, "close");
            code.address(RDI, R12, WorkRegion.PATH);
        } else {
            code.load(RDI, RBX, PATH);
        }
        code.set(RSI, functions.dlopenFlags());
        code.callThrough(RBX, DLOPEN);
        code.store(RAX, R12, WorkRegion.HANDLE);
        if (viaMemfd) {
            code.label("close");
            code.load32(RDI, R12, WorkRegion.DESCRIPTOR);
            code.syscall(SYS_CLOSE);
            code.load(RAX, R12, WorkRegion.HANDLE);
        }
        code.test(RAX);
        code.jump(EQUAL, "failed");
        code.move(RDI, RAX);
        code.load(RSI, RBX, START_NAME);
        code.callThrough(RBX, DLSYM);
        code.store(RAX, R12, WorkRegion.START_FUNCTION);
        code.test(RAX);
        code.jump(EQUAL, "failed");
        code.load(RDI, RBX, ARGUMENT);
        code.callRegister(RAX);
        code.store32(RAX, R12, WorkRegion.START_RESULT);
        code.jump("finish");
        code.label("failed");
        if (functions.dlerror() != 0) {
            // Asked for in either case: the program must not find our error when it asks for its own.
            code.callThrough(RBX, DLERROR);
            code.store(RAX, R12, WorkRegion.ERROR_TEXT);
        }
    }

    private void unloadLibrary() {
        code.load(RDI, RBX, PATH);
        code.test(RDI);
        code.jump(EQUAL, "closed");
        code.callThrough(RBX, DLOPEN);
        code.label("closed");
        code.load(RDI, RBX, START_NAME);
        code.load(RSI, RBX, ARGUMENT);
        code.syscall(SYS_MUNMAP);
        code.storeNumber(R12, WorkRegion.HANDLE, 1);
    }

    private void finishUp() {
        // A thread that is taken back while it waits for a lock comes in here.
        code.label("finish");
        if (functions.setCancelState() != 0) {
            code.load32(RDI, R12, WorkRegion.CANCEL_STATE);
            code.set(RSI, 0);
            code.callThrough(RBX, SET_CANCEL_STATE);
        }
        code.load(RAX, R12, WorkRegion.ERRNO_ADDRESS);
        code.load32(RCX, R12, WorkRegion.ERRNO);
        code.store32(RCX, RAX, 0);
        code.load(R13, R12, WorkRegion.HANDLE);
        code.load(R14, R12, WorkRegion.ERROR_TEXT);
        code.load(R15, R12, WorkRegion.START_FUNCTION);
        code.load32(RBP, R12, WorkRegion.START_RESULT);
        vectorState(5, 1);
        code.load(RSP, RBX, register(RSP));
        code.move(RDI, R12);
        code.set(RSI, WorkRegion.SIZE);
        code.syscall(SYS_MUNMAP);
        code.set(R12, 1);
        code.jump("tell");
        code.label("no region");
        code.set(R12, 0);
        code.label("tell");
        stop("done");
    }

    /** Stops the thread for the daemon, behind the instruction, at the label; without a daemon nothing happens. */
    private void stop(String label) {
        code.syscall(SYS_GETTID);
        code.move(RDI, RAX);
        code.set(RSI, signal);
        code.syscall(SYS_TKILL);
        code.label(label);
    }

    private void goBack(long rip, boolean first) {
        if (first) {
            code.set(RDI, 0);
            code.set(RSI, ORDINARY_RESET_ON_FORK);
            // Zero is the priority of an ordinary thread.
            code.address(RDX, RBX, ZERO);
            code.syscall(SYS_SCHED_SETSCHEDULER);
        }
        // popf reads where a signal frame would be written, so no signal may come, not even those that stay unblocked
        // until now.
        signalMask(ALL_SIGNALS);
        code.address(RSP, RBX, FLAGS);
        code.bytes(0x9d);
        code.load(RSP, RBX, register(RSP));
        // From here on nothing changes the flags; the kernel keeps them across the call.
        signalMask(MASK);
        for (int number = 0; number < 16; number++) {
            if (number != RBX && number != RSP) {
                code.load(number, RBX, register(number));
            }
        }
        code.load(RBX, RBX, register(RBX));
        code.jumpThrough("where the thread was");
        code.label("where the thread was");
        code.quad(rip);
    }

    private byte[] data(Errand errand, Registers registers, long mask) {
        Assembler data = new Assembler();
        byte[] path = {};
        byte[] startName = {};
        byte[] argument = {};
        if (errand instanceof Load load) {
            path = text(load.path() == null ? "" : load.path());
            startName = text(load.startName());
            argument = text(load.argument());
        }
        byte[] trialName = text("malloc");
        long texts = dataAddress + TEXTS;
        data.quad(functions.errnoLocation());
        data.quad(functions.malloc());
        data.quad(functions.free());
        data.quad(errand instanceof Load ? functions.dlopen() : functions.dlclose());
        data.quad(functions.dlsym());
        data.quad(functions.dlerror());
        data.quad(functions.setCancelState());
        if (errand instanceof Unload unload) {
            data.quad(unload.handle());
            data.quad(unload.memory());
            data.quad(unload.size());
        } else {
            data.quad(texts);
            data.quad(texts + path.length);
            data.quad(texts + path.length + startName.length);
        }
        data.quad(texts + path.length + startName.length + argument.length);
        for (int number = 0; number < 16; number++) {
            data.quad(registers.general(number));
        }
        data.quad(registers.flags());
        data.quad(mask);
        data.quad(-1);
        data.quad(0);
        for (byte[] text : new byte[][] {path, startName, argument, trialName}) {
            for (byte b : text) {
                data.bytes(b);
            }
        }
        mark(data);
        return data.finish();
    }

    private void mark(Assembler piece) {
        while (piece.position() % Long.BYTES != 0) {
            piece.bytes(0);
        }
        piece.quad(address);
        piece.quad(region.address());
        piece.quad(Slack.MARK);
    }

    /** XSAVE/XRSTOR of everything, or FXSAVE/FXRSTOR where there is only that. The fresh region is zero, as XSAVE's header must be. */
    private void vectorState(int xsaveOperation, int fxsaveOperation) {
        if (hasXsave) {
            code.set(RAX, -1);
            code.set(RDX, -1);
        }
        code.memory(true, hasXsave ? xsaveOperation : fxsaveOperation, R12, WorkRegion.VECTOR_STATE, 0x0f, 0xae);
    }

    private void progress(WorkRegion.Progress progress) {
        code.storeNumber(R12, WorkRegion.PROGRESS, progress.ordinal());
    }

    private void signalMask(int mask) {
        code.set(RDI, SIG_SETMASK);
        code.address(RSI, RBX, mask);
        code.set(RDX, 0);
        code.set(R10, SIGNAL_SET);
        code.syscall(SYS_SIGPROCMASK);
    }

    private static int register(int number) {
        return REGISTERS + Long.BYTES * number;
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** {@return what is to be written at its address} */
    byte[] code() {
        return codeBytes;
    }

    /** {@return what is to be written at its data's address} */
    byte[] data() {
        return dataBytes;
    }

    /**
     * The registers that send a thread into the stub.
     *
     * @param stopped the thread's
     */
    Registers entry(Registers stopped) {
        Registers entry = inside(stopped, "begin");
        entry.rax(SYS_MMAP);
        entry.general(RDI, region.address());
        entry.general(RSI, WorkRegion.SIZE);
        entry.general(RDX, READ_WRITE);
        entry.general(R10, PRIVATE_ANONYMOUS_FIXED_NOREPLACE);
        entry.general(R8, -1);
        entry.general(9, 0);
        return entry;
    }

    /**
     * The registers that make a thread that waits for a lock give that up and finish.
     *
     * @param waiting the thread's
     */
    Registers withdrawal(Registers waiting) {
        Registers changed = inside(waiting, "finish");
        changed.rsp(region.address() + WorkRegion.STACK_TOP);
        return changed;
    }

    private Registers inside(Registers stopped, String label) {
        Registers changed = stopped.copy();
        changed.rip(address + code.offset(label));
        changed.origRax(-1);
        changed.general(RBX, dataAddress + BIAS);
        changed.general(R12, region.address());
        changed.flags(stopped.flags() & ~DIRECTION_AND_TRAP_FLAGS);
        return changed;
    }

    /** {@return whether a thread there has come to the end, all of its state but the general registers restored} */
    boolean isDone(Registers registers) {
        return registers.rip() == address + code.offset("done");
    }

    /** {@return whether a thread there waits for the library's contents, its memfd in r13} */
    boolean wantsContents(Registers registers) {
        return viaMemfd && registers.rip() == address + code.offset("wants contents");
    }

    /**
     * What a thread that is done reports.
     *
     * @param handle what dlopen returned
     * @param errorText address of what dlerror returned, 0 for nothing
     * @param startFunction the start function, 0 when the library has none
     * @param startResult what it returned
     * @param hadRegion false when there was no memory for it, so that nothing was done
     */
    record Report(long handle, long errorText, long startFunction, int startResult, boolean hadRegion) {
        static Report of(Registers done) {
            return new Report(
                    done.general(R13), done.general(R14), done.general(R15), (int) done.rbp(), done.general(R12) == 1);
        }
    }
}
