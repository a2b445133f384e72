package org.dyntrace.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the agent and its libraries from the folder {@code inner} of its jar, where the application's class loaders do not
 * look, and which looks into none of them. They are a module of their own: what the agent is allowed, such as to load its
 * native library without a warning on the program's stderr, changes nothing for the application.
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
