package org.dyntrace.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;

/** A byte of a program's code that someone other than dyntrace changes, as debuggers do it. Closing puts back what was there. */
final class CodeByte implements AutoCloseable {
    private final Program program;
    private final long address;
    private final int original;

    private CodeByte(Program program, long address, int value) {
        this.program = program;
        this.address = address;
        this.original = exchange(value);
    }

    static CodeByte change(Program program, long address, int value) {
        return new CodeByte(program, address, value);
    }

    int original() {
        return original;
    }

    private int exchange(int value) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + program.pid() + "/mem", "rw")) {
            memory.seek(address);
            int before = memory.read();
            memory.seek(address);
            memory.write(value);
            return before;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        exchange(original);
    }
}
