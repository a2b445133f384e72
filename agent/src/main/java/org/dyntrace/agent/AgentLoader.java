package org.dyntrace.agent;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the agent and its libraries from the folder {@code inner} of its jar, where the application's class loaders do not
 * look, and which looks into none of them. They are a module of their own: what the agent is allowed, such as to load its
 * native library without a warning on the program's stderr, changes nothing for the application.
 */
final class AgentLoader extends ClassLoader implements Closeable {
    private static final String FOLDER = "inner/";
    /** JNA takes its own library from where this resource is; a file needs no unpacking into the user's home. */
    private static final String JNA_LIBRARY = "libjnidispatch.so";

    static {
        registerAsParallelCapable();
    }

    private volatile ZipFile jar;
    private volatile Path libraries;
    /** What the jar holds; known when it was closed. */
    private long contents;

    private AgentLoader(Path jar) throws IOException {
        super("dyntrace", ClassLoader.getPlatformClassLoader());
        // Kept open: the file may be gone as soon as the agent is in.
        this.jar = new ZipFile(jar.toFile());
        this.libraries = jar.getParent();
    }

    /** {@return a loader of the agent in a jar} */
    static AgentLoader open(Path jar) throws IOException {
        AgentLoader loader = new AgentLoader(jar);
        ModuleFinder finder = AgentModule.finder(jar.toUri(), loader.jar, FOLDER);
        Configuration configuration =
                ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), Set.of(AgentModule.NAME));
        ModuleLayer.defineModules(configuration, List.of(ModuleLayer.boot()), module -> loader);
        return loader;
    }

    /**
     * Goes on after {@link #close}, from the same jar or a copy of it.
     *
     * @param path where it is now
     * @return false if that is another release: then another loader must be made
     */
    synchronized boolean reopen(Path path) throws IOException {
        ZipFile found = new ZipFile(path.toFile());
        if (contents(found) != contents) {
            found.close();
            return false;
        }
        jar = found;
        libraries = path.getParent();
        return true;
    }

    /** The agent leaves; it calls this as its last class is loaded. The JVM collects this loader when it likes. */
    @Override
    public synchronized void close() throws IOException {
        contents = contents(jar);
        Entrance.forget();
        jar.close();
    }

    private static long contents(ZipFile jar) {
        long sum = 0;
        for (Enumeration<? extends ZipEntry> all = jar.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            sum = sum * 31 + entry.getName().hashCode() * 31L + entry.getCrc();
        }
        return sum;
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
    protected Class<?> findClass(String module, String name) {
        try {
            return findClass(name);
        } catch (ClassNotFoundException e) {
            return null;
        }
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
        ZipFile open = jar;
        try {
            ZipEntry entry = open.getEntry(FOLDER + name);
            if (entry == null) {
                return null;
            }
            try (InputStream in = open.getInputStream(entry)) {
                return in.readAllBytes();
            }
        } catch (IOException | IllegalStateException closed) {
            return null;
        }
    }
}
