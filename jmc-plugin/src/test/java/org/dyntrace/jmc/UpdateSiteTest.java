package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** p2's director and the update site that scripts/build makes, on an installation like JMC's. */
class UpdateSiteTest {
    private static final String FEATURE = "org.dyntrace.jmc.feature.feature.group";
    private static final String BUNDLE = "org.dyntrace.jmc,";
    private static final int TIME_OFFSET = 10;

    @TempDir
    private static Path directory;

    private static Path jmc;

    @TempDir
    private Path own;

    @BeforeAll
    static void makeJmc() throws Exception {
        Path source = directory.resolve("source");
        Path plugins = Files.createDirectories(source.resolve("plugins"));
        for (Path bundle : Equinox.onTheClassPath()) {
            Files.copy(bundle, plugins.resolve(bundle.getFileName()));
        }
        // Equinox.onTheClassPath leaves it out.
        Path framework = Path.of(org.eclipse.osgi.launch.EquinoxFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Files.copy(framework, plugins.resolve(framework.getFileName()));
        HostBundles.host(plugins);
        HostBundles.styles(plugins);
        Path product = Path.of(UpdateSiteTest.class.getResource("/jmc.product").toURI());
        Path repository = directory.resolve("repository");
        P2.publish(source, product, repository);
        jmc = directory.resolve("jmc");
        direct(
                repository.toUri(),
                "-installIU",
                "org.dyntrace.jmc.host.product",
                "-profileProperties",
                "org.eclipse.update.install.features=true",
                "-p2.os",
                "linux",
                "-p2.ws",
                "gtk",
                "-p2.arch",
                "x86_64");
        assertTrue(bundles().stream().anyMatch(line -> line.startsWith("org.openjdk.jmc.flightrecorder,")));
    }

    @Test
    void comesIntoJmcAndGoesAgain() throws Exception {
        List<String> before = bundles();
        URI site = URI.create("jar:" + Installed.updateSite().toUri() + "!/");
        P2.Ended listed = P2.end("director", "-repository", site.toString(), "-list");
        assertTrue(listed.said().contains("org.dyntrace.jmc.dyntrace"), listed::said);

        direct(site, "-installIU", FEATURE);
        List<String> added = new ArrayList<>(bundles());
        added.removeAll(before);
        assertEquals(List.of("org.dyntrace.jmc,0.1.0,plugins/org.dyntrace.jmc_0.1.0.jar,4,false"), added);
        assertTrue(roots().contains(FEATURE + "/0.1.0"));
        Path installed = jmc.resolve("plugins/org.dyntrace.jmc_0.1.0.jar");
        assertEquals(-1, Files.mismatch(Installed.bundle(), installed));
        assertTrue(Files.exists(jmc.resolve("features/org.dyntrace.jmc.feature_0.1.0/feature.xml")));

        direct(site, "-uninstallIU", FEATURE);
        assertEquals(before, bundles());
        assertFalse(roots().contains(FEATURE));
    }

    /** The tab and the action, in the Equinox that p2 has put together. */
    @Test
    void worksWhereItWasInstalled() throws Exception {
        Path pictures = Files.createDirectories(Path.of("target/pictures")).toAbsolutePath();
        Path tab = pictures.resolve("installed-tab.png");
        Path action = pictures.resolve("installed-action.png");
        Files.deleteIfExists(tab);
        Files.deleteIfExists(action);
        URI site = Path.of("target/update-site").toUri();
        direct(site, "-installIU", FEATURE);
        try (Programs programs = new Programs(own)) {
            Process daemon = programs.daemon();
            Process program =
                    programs.start("program", "bash", "-c", "while read -r -t 0.05 line <> <(:) || true; do :; done");
            programs.dyntrace("attach", Long.toString(program.pid()));
            programs.dyntrace("add", program.pid() + ":execute_command_internal", "-n", "loop", "count");
            Process console = programs.start(
                    "console",
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-Dswt.library.path=" + own,
                    "-jar",
                    launcher().toString(),
                    "-application",
                    "org.dyntrace.jmc.host.console",
                    "-data",
                    own.resolve("workspace").toString(),
                    "-consoleLog",
                    address(daemon),
                    Long.toString(program.pid()),
                    tab.toString(),
                    action.toString());
            programs.await("console", console, 120);
            assertTrue(programs.said("console").contains("console: all done"), () -> programs.said("console"));
        } finally {
            direct(site, "-uninstallIU", FEATURE);
        }
        assertTrue(Files.size(tab) > 0 && Files.size(action) > 0);
    }

    /** {@return where a JVM's MBeans are, as JMC finds out for local ones} */
    private static String address(Process jvm) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(jvm.pid()));
        try {
            return machine.startLocalManagementAgent();
        } finally {
            machine.detach();
        }
    }

    private static Path launcher() throws IOException {
        try (Stream<Path> plugins = Files.list(jmc.resolve("plugins"))) {
            return plugins.filter(each -> each.getFileName().toString().startsWith("org.eclipse.equinox.launcher_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void siteWithoutTheBundleInstallsNothing() throws Exception {
        Path site = copyOfTheSite();
        Files.delete(site.resolve("plugins/org.dyntrace.jmc_0.1.0.jar"));
        refused(site, "org.dyntrace.jmc");
    }

    @Test
    void damagedBundleInstallsNothing() throws Exception {
        Path site = copyOfTheSite();
        Path bundle = site.resolve("plugins/org.dyntrace.jmc_0.1.0.jar");
        byte[] bytes = Files.readAllBytes(bundle);
        // The time of its first entry: all else about it is well, only its hash is another one.
        bytes[TIME_OFFSET] ^= 1;
        Files.write(bundle, bytes);
        refused(site, "hash");
    }

    @Test
    void olderJmcIsToldWhatIsMissing() throws Exception {
        Path site = copyOfTheSite();
        Path content = site.resolve("content.xml");
        String needed = "name='org.openjdk.jmc.rjmx.common' range='9.1.0'";
        String metadata = Files.readString(content);
        assertTrue(metadata.contains(needed), metadata);
        // For a plug-in that needs a newer JMC, this one is older.
        Files.writeString(content, metadata.replace(needed, needed.replace("9.1.0", "99.0.0")));
        refused(site, "requires 'osgi.bundle; org.openjdk.jmc.rjmx.common 99.0.0' but it could not be found");
    }

    private static void refused(Path site, String why) throws Exception {
        List<String> before = bundles();
        P2.Ended ended = P2.end("director", arguments(site.toUri(), "-installIU", FEATURE));
        assertNotEquals(0, ended.status(), ended::said);
        assertTrue(ended.said().contains(why), ended::said);
        assertEquals(before, bundles());
        assertTrue(before.stream().noneMatch(line -> line.startsWith(BUNDLE)), before::toString);
        assertFalse(roots().contains(FEATURE));
    }

    private static String direct(URI repository, String... what) throws Exception {
        return P2.run("director", arguments(repository, what));
    }

    private static String[] arguments(URI repository, String... what) {
        List<String> all = new ArrayList<>(
                List.of("-repository", repository.toString(), "-destination", jmc.toString(), "-profile", "JMC"));
        all.addAll(Arrays.asList(what));
        return all.toArray(String[]::new);
    }

    private static String roots() throws Exception {
        return P2.run("director", "-destination", jmc.toString(), "-profile", "JMC", "-listInstalledRoots");
    }

    private static List<String> bundles() throws IOException {
        return Files.readAllLines(jmc.resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"));
    }

    private Path copyOfTheSite() throws IOException {
        Path site = Path.of("target/update-site");
        try (Stream<Path> files = Files.walk(site)) {
            for (Path file : files.toList()) {
                Path copy = own.resolve("site").resolve(site.relativize(file).toString());
                Files.copy(file, copy);
            }
        }
        return own.resolve("site");
    }
}
