package org.dyntrace.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the agent and its libraries from the folder {@code inner} of its jar, where the application's class loaders do not
 * look, and which looks into none of them.
 */
final class AgentLoader extends ClassLoader {
    private static final String FOLDER = "inner/";
    /** JNA takes its own library from where this resource is; a file needs no unpacking into the user's home. */
    private static final String JNA_LIBRARY = "libjnidispatch.so";

    static {
        registerAsParallelCapable();
    }

    private final ZipFile jar;
    private final Path libraries;

    AgentLoader(Path jar) throws IOException {
        super("dyntrace", ClassLoader.getPlatformClassLoader());
        // Kept open: the file may be gone as soon as the agent is in.
        this.jar = new ZipFile(jar.toFile());
        this.libraries = jar.getParent();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = read(name.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length, AgentLoader.class.getProtectionDomain());
    }

    @Override
    public InputStream getResourceAsStream(String name) {
        byte[] bytes = read(name);
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }

    @Override
    protected URL findResource(String name) {
        if (!name.endsWith("/" + JNA_LIBRARY)) {
            return null;
        }
        try {
            return libraries.resolve(JNA_LIBRARY).toUri().toURL();
        } catch (MalformedURLException e) {
            return null;
        }
    }

    private byte[] read(String name) {
        ZipEntry entry = jar.getEntry(FOLDER + name);
        if (entry == null) {
            return null;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }
}
