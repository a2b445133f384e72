package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real Java programs, running when dyntrace comes: what each tracer tells is a number that is known by other means. */
class JavaProgramsTest {
    private static final int SOURCES = 60;
    private static final int SNIPPETS = 40;
    private static final int REQUESTS = 400;
    private static final int FAILING = 50;
    private static final int AT_ONCE = 8;

    @TempDir
    private static Path classes;

    @TempDir
    private Path files;

    private static Installation dyntrace;
    private static Path sources;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
        Jvm.compile("Tools", classes);
        Jvm.compile("Web", classes.resolve("web"), jetty());
        sources = JavaSources.make(classes.resolve("sources"), SOURCES);
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<Path> javas() {
        return Jvm.javas();
    }

    private static String jetty() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.matches(".*/(jetty-|slf4j-)[^/]*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** A file is parsed once, and a jar gets an entry for each name in it. */
    @ParameterizedTest
    @MethodSource("javas")
    void javacAndJar(Path java) throws IOException {
        Path out = files.resolve("out");
        Path jar = files.resolve("out.jar");
        try (Program tools = Jvm.start(java, classes, "Tools")) {
            // Some of the classes that are traced are to be loaded.
            tools.ask("javac --version", "javac exits 0");
            dyntrace.attach(tools);
            List<String> trace;
            EveryTracer parsed;
            try (LttngSession session = LttngSession.start(files.resolve("javac"))) {
                parsed = EveryTracer.place(
                        dyntrace,
                        tools,
                        "com.sun.tools.javac.main.JavaCompiler.parse(javax.tools.JavaFileObject)",
                        Files.createDirectory(files.resolve("parse")));
                tools.ask("javac -proc:none -d " + out + " @" + sources, "javac exits 0");
                parsed.assertHits(SOURCES);
                trace = session.events();
            }
            parsed.assertTraced(trace, SOURCES);

            tools.ask("jar --create --file " + files.resolve("small.jar") + " -C " + out + " C0.class", "jar exits 0");
            EveryTracer put;
            try (LttngSession session = LttngSession.start(files.resolve("jar"))) {
                put = EveryTracer.place(
                        dyntrace,
                        tools,
                        "java.util.zip.ZipOutputStream.putNextEntry(java.util.zip.ZipEntry)",
                        Files.createDirectory(files.resolve("put")));
                tools.ask("jar --create --file " + jar + " -C " + out + " .", "jar exits 0");
                try (ZipFile made = new ZipFile(jar.toFile())) {
                    assertTrue(made.size() > SOURCES);
                    put.assertHits(made.size());
                    trace = session.events();
                    put.assertTraced(trace, made.size());
                }
            }
        }
    }

    /** Each snippet is sent to the other JVM that jshell runs them in; the call throws what the snippet throws. */
    @ParameterizedTest
    @MethodSource("javas")
    void jshell(Path java) throws IOException {
        try (Program shell = Program.start(java.resolveSibling("jshell"), "-J--add-modules=jdk.jfr", "-s", "-")) {
            shell.ask("System.out.println(\"is\" + \" ready\")", "is ready");
            dyntrace.attach(shell);
            EveryTracer invoked;
            try (LttngSession session = LttngSession.start(files.resolve("trace"))) {
                invoked = EveryTracer.place(
                        dyntrace,
                        shell,
                        "jdk.jshell.execution.StreamingExecutionControl.invoke(java.lang.String,java.lang.String)",
                        Files.createDirectory(files.resolve("invoke")));
                for (int i = 0; i < SNIPPETS; i += 2) {
                    shell.send("throw new IllegalStateException(\"on purpose\")");
                    shell.ask("System.out.println(\"snippet \" + " + i + ")", "snippet " + i);
                }
                invoked.assertHits(SNIPPETS);
                invoked.assertTraced(session.events(), SNIPPETS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void server(Path java) throws IOException {
        String path = classes.resolve("web") + File.pathSeparator + jetty();
        try (Program web = Program.start(java, "-cp", path, "Web")) {
            web.await("ready at ");
            String port = web.output().replaceAll("(?s).*ready at (\\d+)\\..*", "$1");
            HttpClient client = HttpClient.newHttpClient();
            assertEquals(AT_ONCE, ask(client, port, AT_ONCE, 0));
            dyntrace.attach(web);
            EveryTracer handled;
            try (LttngSession session = LttngSession.start(files.resolve("trace"))) {
                handled = EveryTracer.place(
                        dyntrace,
                        web,
                        "org.eclipse.jetty.server.Server.handle(org.eclipse.jetty.server.Request,"
                                + "org.eclipse.jetty.server.Response,org.eclipse.jetty.util.Callback)",
                        Files.createDirectory(files.resolve("handle")));
                assertEquals(REQUESTS - FAILING, ask(client, port, REQUESTS, FAILING));
                handled.assertHits(REQUESTS);
                handled.assertTraced(session.events(), REQUESTS);
            }
        }
    }

    /** {@return how many of some requests are answered well; some ask for the path that fails} */
    private static int ask(HttpClient client, String port, int requests, int failing) {
        int good = 0;
        for (int i = 0; i < requests; i += AT_ONCE) {
            List<CompletableFuture<HttpResponse<String>>> some = new ArrayList<>();
            for (int k = i; k < Math.min(i + AT_ONCE, requests); k++) {
                URI page = URI.create("http://127.0.0.1:" + port + (k < failing ? "/fail" : "/page" + k));
                some.add(client.sendAsync(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> each : some) {
                good += each.join().statusCode() == 200 ? 1 : 0;
            }
        }
        return good;
    }
}
