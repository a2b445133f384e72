package org.dyntrace.agent;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipFile;

/** The agent as a module: it reads all others, and nothing is found in it but by its own class loader. */
final class AgentModule {
    static final String NAME = "org.dyntrace.agent";

    private AgentModule() {}

    /** {@return a finder of this one module, with the packages in a folder of a jar} */
    static ModuleFinder finder(URI location, ZipFile jar, String folder) {
        Set<String> packages = new HashSet<>();
        jar.stream()
                .map(entry -> entry.getName())
                .filter(name -> name.startsWith(folder) && name.endsWith(".class"))
                .forEach(name -> packages.add(
                        name.substring(folder.length(), name.lastIndexOf('/')).replace('/', '.')));
        ModuleDescriptor descriptor =
                ModuleDescriptor.newAutomaticModule(NAME).packages(packages).build();
        ModuleReference reference = new ModuleReference(descriptor, location) {
            @Override
            public ModuleReader open() throws IOException {
                throw new IOException("only for its own class loader");
            }
        };
        return new ModuleFinder() {
            @Override
            public Optional<ModuleReference> find(String name) {
                return name.equals(NAME) ? Optional.of(reference) : Optional.empty();
            }

            @Override
            public Set<ModuleReference> findAll() {
                return Set.of(reference);
            }
        };
    }
}
