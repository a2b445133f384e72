package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What is in the bundle, as it is built. */
class BundleTest {
    private static final Path BUNDLE = Path.of("target/classes");
    private static final String SERVICES = "META-INF/services/org.openjdk.jmc.flightrecorder.rules.IRule";

    @Test
    void manifestIsWhatJmcNeeds() throws IOException {
        Manifest manifest;
        try (InputStream in = Files.newInputStream(BUNDLE.resolve("META-INF/MANIFEST.MF"))) {
            manifest = new Manifest(in);
        }
        assertEquals(
                "org.dyntrace.jmc;singleton:=true", manifest.getMainAttributes().getValue("Bundle-SymbolicName"));
        assertEquals("lazy", manifest.getMainAttributes().getValue("Bundle-ActivationPolicy"));
        for (String absent : List.of("console.ui", "flightrecorder.ui", "ui.ide", "ui.editors")) {
            assertTrue(
                    !manifest.getMainAttributes().getValue("Require-Bundle").contains(absent), () -> "needs " + absent);
        }
    }

    @Test
    void contributionsAreThere() throws Exception {
        Document plugin = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(BUNDLE.resolve("plugin.xml").toFile());
        Properties texts = new Properties();
        try (InputStream in = Files.newInputStream(BUNDLE.resolve("plugin.properties"))) {
            texts.load(in);
        }
        NodeList all = plugin.getElementsByTagName("*");
        Set<String> used = new TreeSet<>(List.of("bundle.name", "bundle.vendor", "bundle.description"));
        int seen = 0;
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            for (String attribute : List.of("class", "factory")) {
                if (element.hasAttribute(attribute)) {
                    assertNotNull(Class.forName(element.getAttribute(attribute)).getConstructor());
                    seen++;
                }
            }
            for (String attribute : List.of("icon", "file")) {
                String file = element.getAttribute(attribute);
                assertTrue(file.isEmpty() || Files.exists(BUNDLE.resolve(file)), file);
            }
            for (String attribute : List.of("name", "label", "description")) {
                String text = element.getAttribute(attribute);
                assertTrue(text.isEmpty() || text.startsWith("%"), text);
                if (!text.isEmpty()) {
                    used.add(text.substring(1));
                }
            }
        }
        assertEquals(3, seen);
        assertEquals(used, new TreeSet<>(texts.stringPropertyNames()));
    }

    /** Texts for users are in properties files. */
    @Test
    void noTextIsInTheCode() throws IOException {
        Pattern literal = Pattern.compile(
                "\\bset(Text|Message|ErrorMessage|Title|Description|ToolTipText)\\(\\s*\"[^\"]*\\p{L}{2}[^\"]*\"");
        assertTrue(literal.matcher("label.setText(\n   \"Loading…\")").find());
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Matcher found = literal.matcher(Files.readString(file));
                assertFalse(found.find(), () -> file + ": " + found.group());
            }
        }
    }

    @Test
    void iconsAreAtBothResolutions() throws Exception {
        Set<String> used = new TreeSet<>();
        for (Object icon : Class.forName("org.dyntrace.jmc.tab.Icon").getEnumConstants()) {
            String name = icon.toString().toLowerCase(Locale.ROOT);
            used.add(name + ".png");
            used.add(name + "@2x.png");
        }
        Set<String> found = new TreeSet<>();
        try (var files = Files.list(BUNDLE.resolve("icons"))) {
            for (Path icon : files.toList()) {
                String name = icon.getFileName().toString();
                found.add(name);
                BufferedImage image = ImageIO.read(icon.toFile());
                // The heading of a wizard has a large one.
                int once = name.startsWith("wizard") ? 64 : 16;
                int size = name.contains("@2x") ? 2 * once : once;
                assertEquals(size, image.getWidth(), name);
                assertEquals(size, image.getHeight(), name);
            }
        }
        assertEquals(used, found);
    }

    @Test
    void rulesAreThoseOfTheBridge() throws Exception {
        List<String> rules = Files.readAllLines(BUNDLE.resolve(SERVICES));
        assertEquals(
                Files.readAllLines(Path.of("../jfr-bridge/src/main/resources").resolve(SERVICES)), rules);
        for (String rule : rules) {
            assertTrue(Files.exists(BUNDLE.resolve(rule.replace('.', '/') + ".class")), rule);
        }
        String pages = Files.readString(BUNDLE.resolve("pages.xml"), StandardCharsets.UTF_8);
        assertTrue(pages.contains("dyntrace.TracepointHit") && pages.contains("dyntrace.FunctionCall"));
    }
}
