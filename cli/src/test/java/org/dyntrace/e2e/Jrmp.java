package org.dyntrace.e2e;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What RMI's clients send, byte by byte: the wire protocol of the JDK, JRMP. */
final class Jrmp {
    /** The distributed garbage collector's object, which each port has. */
    static final byte[] COLLECTOR = object(2, 0, 0, 0);

    private static final long DIRTY = -669196253586618813L;
    private static final Pattern OBJECT =
            Pattern.compile("objID:\\[(-?\\p{XDigit}+):(-?\\p{XDigit}+):(-?\\p{XDigit}+), (-?\\d+)\\]");

    private Jrmp() {}

    /** What writes the rest of a call. */
    interface Arguments {
        void write(ObjectOutputStream out) throws IOException;
    }

    private static byte[] object(long number, int unique, long time, int count) {
        return ByteBuffer.allocate(22)
                .putLong(number)
                .putInt(unique)
                .putLong(time)
                .putShort((short) count)
                .array();
    }

    /** {@return the object of a daemon that opens sessions} */
    static byte[] server(Path stub) throws IOException, ClassNotFoundException {
        byte[] bytes = Base64.getMimeDecoder().decode(Files.readAllBytes(stub));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            Matcher known = OBJECT.matcher(in.readObject().toString());
            if (!known.find()) {
                throw new IOException("no object in the stub");
            }
            return object(
                    Long.parseLong(known.group(4)),
                    Integer.parseInt(known.group(1), 16),
                    Long.parseLong(known.group(2), 16),
                    Integer.parseInt(known.group(3), 16));
        }
    }

    /** {@return how a connection begins} */
    static byte[] begin() {
        return bytes(out -> {
            out.writeBytes("JRMI");
            out.writeShort(2);
            out.writeByte(0x4b);
            // After the other end's word about who we seem to be, which is not waited for.
            out.writeUTF("localhost");
            out.writeInt(0);
        });
    }

    /** {@return a request for a new session, with any credentials} */
    static byte[] newSession(byte[] server, Arguments credentials) {
        String method = "newClient(Ljava/lang/Object;)Ljavax/management/remote/rmi/RMIConnection;";
        return call(server, -1, hash(method), credentials);
    }

    /** {@return a request to the collector, with anything for what it holds} */
    static byte[] dirty(Arguments arguments) {
        return call(COLLECTOR, 1, DIRTY, arguments);
    }

    static byte[] call(byte[] object, int operation, long hash, Arguments arguments) {
        return bytes(out -> {
            out.writeByte(0x50);
            ObjectOutputStream call = new ObjectOutputStream(out);
            call.write(object);
            call.writeInt(operation);
            call.writeLong(hash);
            arguments.write(call);
            call.flush();
        });
    }

    private static long hash(String method) {
        try {
            byte[] name = bytes(out -> out.writeUTF(method));
            byte[] digest = MessageDigest.getInstance("SHA").digest(name);
            long hash = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                hash += (digest[i] & 0xffL) << (i * Byte.SIZE);
            }
            return hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return an array that says how long it is, and ends} */
    static byte[] promise(String type, int length) {
        byte[] array = bytes(out -> {
            ObjectOutputStream objects = new ObjectOutputStream(out);
            objects.writeObject(type.equals("[J") ? new long[0] : new Object[0]);
            objects.flush();
        });
        byte[] promise = Arrays.copyOfRange(array, 4, array.length);
        ByteBuffer.wrap(promise).putInt(promise.length - Integer.BYTES, length);
        return promise;
    }

    static byte[] joined(byte[]... parts) {
        return bytes(out -> {
            for (byte[] part : parts) {
                out.write(part);
            }
        });
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new IllegalStateException(new String(bytes.toByteArray(), StandardCharsets.ISO_8859_1), e);
        }
        return bytes.toByteArray();
    }
}
