package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** What scripts/build has made. */
final class Installed {
    private Installed() {}

    /** {@return the installation} */
    static Path home() {
        String given = System.getProperty("dyntrace.home");
        Path home = given == null ? Path.of("../target/dyntrace") : Path.of(given);
        assertTrue(Files.exists(home.resolve("bin/dyntraced")), "no installation: run scripts/build first");
        return home.toAbsolutePath().normalize();
    }

    /** {@return the zipped update site of the plug-in} */
    static Path updateSite() {
        Path zip = home().resolve("lib/dyntrace/jmc-update-site.zip");
        assertTrue(Files.exists(zip), "no update site: run scripts/build first");
        return zip;
    }

    /** {@return the plug-in's bundle} */
    static Path bundle() {
        Path jar = Path.of("target/jmc-plugin.jar").toAbsolutePath();
        assertTrue(Files.exists(jar), "no bundle: run scripts/build first");
        return jar;
    }
}
