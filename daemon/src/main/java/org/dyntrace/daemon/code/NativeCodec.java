package org.dyntrace.daemon.code;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;

/** The functions of libdyntrace-codec.so; see codec.h. */
final class NativeCodec {
    private NativeCodec() {}

    static void load(Path library) {
        Native.register(NativeCodec.class, NativeLibrary.getInstance(library.toString()));
    }

    static native int codec_decode(byte[] code, int size, long address, byte[] out, int capacity);

    static native long codec_references(
            byte[] code,
            int size,
            long address,
            int[] starts,
            int startCount,
            long low,
            long high,
            int absolute,
            long[] out,
            long capacity);

    static native int codec_is_baseline(byte[] code, int size, int[] starts, int startCount);

    static native int codec_relocate(
            byte[] code,
            int size,
            int window,
            long source,
            long destination,
            byte[] out,
            int capacity,
            int[] boundaries,
            int[] boundaryCount);

    static native int codec_demangle(byte[] names, long size, int count, byte[] out, long capacity, long[] used);
}
