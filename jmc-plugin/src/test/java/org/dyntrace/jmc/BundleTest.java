package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
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
                assertTrue(!text.startsWith("%") || texts.containsKey(text.substring(1)), text);
            }
        }
        assertEquals(2, seen);
    }

    @Test
    void iconsAreAtBothResolutions() throws IOException {
        try (var files = Files.list(BUNDLE.resolve("icons"))) {
            List<Path> icons = files.toList();
            assertTrue(icons.size() >= 2);
            for (Path icon : icons) {
                Matcher name = Pattern.compile("([a-z]+)(@2x)?\\.png")
                        .matcher(icon.getFileName().toString());
                assertTrue(name.matches(), icon::toString);
                assertEquals(
                        name.group(2) == null ? 16 : 32,
                        ImageIO.read(icon.toFile()).getWidth());
                assertTrue(Files.exists(icon.resolveSibling(name.group(1) + "@2x.png")));
                assertTrue(Files.exists(icon.resolveSibling(name.group(1) + ".png")));
            }
        }
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
