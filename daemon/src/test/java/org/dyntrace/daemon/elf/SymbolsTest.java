package org.dyntrace.daemon.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dyntrace.daemon.code.Natives;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbols of live processes, against what the compiler was told to make, and of damaged files. */
class SymbolsTest {
    private static final String CPP = """
            #include <cstdio>
            #include <unistd.h>
            namespace ns {
            struct K {
                virtual ~K();
                int f(int) const;
                int f(const char *) const;
                K operator+(const K &) const;
            };
            K::~K() {}
            int K::f(int x) const { return x + getpid(); }
            int K::f(const char *) const { return getpid() * 2; }
            K K::operator+(const K &) const { return K(); }
            template <class T> T twice(T x) { return x + x; }
            template int twice<int>(int);
            }
            static __attribute__((noinline, used)) int hidden_one() { return getpid() * 3; }
            extern "C" int plain(void) { return hidden_one(); }
            int main() { puts("ready"); fflush(stdout); pause(); }
            """;

    private final ModuleCache cache = new ModuleCache(Natives.codec());

    @TempDir
    Path folder;

    private interface Body {
        void with(Symbols symbols, Process process) throws Exception;
    }

    private void inProgram(Path program, Body body) throws Exception {
        Process process = new ProcessBuilder(program.toString()).start();
        try {
            process.inputReader().readLine();
            body.with(cache.symbolsOf(ProcessId.current((int) process.pid())), process);
        } finally {
            process.destroyForcibly();
        }
    }

    private Path compiled(String... more) throws Exception {
        Path source = Files.writeString(folder.resolve("names.cc"), CPP);
        Path program = folder.resolve("names");
        run("g++", "-O1", source.toString(), "-o", program.toString());
        for (String command : more) {
            run("/bin/sh", "-c", "cd " + folder + " && " + command);
        }
        return program;
    }

    private static void run(String... command) throws Exception {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), String.join(" ", command));
    }

    private static List<String> names(Symbols symbols, Query.Kind kind, String text, String at) {
        return symbols.find(new Query(kind, text, at, 0), address -> address).stream()
                .map(Match::name)
                .sorted()
                .toList();
    }

    private static Reason refused(Symbols symbols, Query.Kind kind, String text, String at) {
        return assertThrows(Failure.class, () -> names(symbols, kind, text, at)).reason();
    }

    @Test
    void findsEachFormOfName() throws Exception {
        inProgram(compiled(), (symbols, process) -> {
            Query.Kind name = Query.Kind.NAME;
            assertEquals(List.of("plain"), names(symbols, name, "plain", ""));
            assertEquals(List.of("plain"), names(symbols, name, "plain", "names"));
            assertEquals(List.of("hidden_one()"), names(symbols, name, "hidden_one", ""));
            assertEquals(List.of("ns::K::f(int) const"), names(symbols, name, "_ZNK2ns1K1fEi", ""));
            assertEquals(List.of("ns::K::f(int) const"), names(symbols, name, "ns::K::f(int) const", ""));
            assertEquals(
                    List.of("ns::K::f(char const*) const", "ns::K::f(int) const"),
                    names(symbols, name, "ns::K::f", ""));
            assertEquals(List.of("ns::K::operator+(ns::K const&) const"), names(symbols, name, "ns::K::operator+", ""));
            assertEquals(List.of("int ns::twice<int>(int)"), names(symbols, name, "ns::twice<int>", ""));
            assertFalse(names(symbols, name, "ns::K::~K", "").isEmpty());
            assertEquals(2, names(symbols, Query.Kind.GLOB, "ns::K::f*", "").size());
            assertEquals(
                    2, names(symbols, Query.Kind.REGEX, "^ns::K::f", "names").size());
            assertEquals(Reason.NO_SUCH_SYMBOL, refused(symbols, name, "ns::K::g", ""));
            assertEquals(Reason.NO_SUCH_SYMBOL, refused(symbols, name, "plain", "libc.so.6"));
            assertEquals(Reason.BAD_REQUEST, refused(symbols, Query.Kind.REGEX, "(", ""));
            assertEquals(Reason.BAD_REQUEST, refused(symbols, Query.Kind.REGEX, "^(.*.*.*.*.*.*)*.*.*.*.*.*#$", ""));
        });
    }

    @Test
    void findsModulesAndVersions() throws Exception {
        inProgram(compiled(), (symbols, process) -> {
            Query.Kind name = Query.Kind.NAME;
            for (String libc : List.of("libc", "libc.so", "libc.so.6")) {
                assertEquals(List.of("malloc"), names(symbols, name, "malloc", libc), libc);
            }
            assertEquals(Reason.NO_SUCH_SYMBOL, refused(symbols, name, "malloc", "lib"));
            // Two versions, one of them the default.
            assertEquals(List.of("memcpy@GLIBC_2.2.5"), names(symbols, name, "memcpy", "GLIBC_2.2.5"));
            assertEquals(List.of("memcpy"), names(symbols, name, "memcpy", "@GLIBC_2.14"));
            assertEquals(List.of("memcpy"), names(symbols, name, "memcpy", "libc"));
            assertEquals(Reason.NO_SUCH_SYMBOL, refused(symbols, name, "memcpy", "@libc"));
            assertTrue(symbols.notes().stream().anyMatch(note -> note.contains("vdso")));
        });
    }

    @Test
    void asksForImplementations() throws Exception {
        inProgram(compiled(), (symbols, process) -> {
            Module libc = symbols.modules().stream()
                    .filter(module -> module.isCalled("libc"))
                    .findFirst()
                    .orElseThrow();
            long implementation = symbols.find(new Query(Query.Kind.NAME, "malloc", "libc", 0), address -> address)
                    .get(0)
                    .address();
            List<Match> found =
                    symbols.find(new Query(Query.Kind.NAME, "strlen", "libc", 4), resolver -> implementation);
            assertEquals(implementation + 4, found.get(0).address());
            assertEquals("strlen+0x4", found.get(0).name());
            assertTrue(found.get(0).symbol().orElseThrow().ifunc());
            assertEquals(libc, found.get(0).module());
            List<Match> failed = symbols.find(new Query(Query.Kind.GLOB, "strlen", "libc", 0), resolver -> {
                throw new Failure(Reason.AGENT_LOST, "gone", "");
            });
            assertEquals(Optional.of(Reason.AGENT_LOST), failed.get(0).problem().map(Failure::reason));
        });
    }

    @Test
    void findsAddresses() throws Exception {
        inProgram(compiled(), (symbols, process) -> {
            long plain = symbols.find(new Query(Query.Kind.NAME, "plain", "", 0), address -> address)
                    .get(0)
                    .address();
            Match match = symbols.find(new Query(Query.Kind.ADDRESS, "", "", plain + 2), address -> address)
                    .get(0);
            assertEquals("plain+0x2", match.name());
            assertEquals(plain + 2, match.address());
            assertThrows(
                    Failure.class, () -> symbols.find(new Query(Query.Kind.ADDRESS, "", "", 4096), address -> address));
        });
    }

    @Test
    void readsSeparateDebugFile() throws Exception {
        Path program = compiled(
                "objcopy --only-keep-debug names names.debug",
                "strip --strip-all names",
                "objcopy --add-gnu-debuglink=names.debug names");
        inProgram(
                program,
                (symbols, process) ->
                        assertEquals(List.of("hidden_one()"), names(symbols, Query.Kind.NAME, "hidden_one", "names")));
        // One that doesn't belong to the program isn't believed.
        Files.copy(
                Path.of("/bin/true"), folder.resolve("names.debug"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        ModuleCache fresh = new ModuleCache(Natives.codec());
        Process process = new ProcessBuilder(program.toString()).start();
        try {
            process.inputReader().readLine();
            Symbols symbols = fresh.symbolsOf(ProcessId.current((int) process.pid()));
            assertEquals(Reason.NO_SUCH_SYMBOL, refused(symbols, Query.Kind.NAME, "hidden_one", ""));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void readsDeletedFileOfProcess() throws Exception {
        Path program = compiled();
        inProgram(program, (symbols, process) -> {
            Files.delete(program);
            Symbols now = new ModuleCache(Natives.codec()).symbolsOf(ProcessId.current((int) process.pid()));
            // As root its mappings still lead to it; else it's noted.
            if (now.notes().stream().noneMatch(note -> note.contains("deleted"))) {
                assertEquals(List.of("plain"), names(now, Query.Kind.NAME, "plain", "names"));
            }
        });
    }

    @Test
    void listsInPages() throws Exception {
        inProgram(compiled(), (symbols, process) -> {
            Query all = new Query(Query.Kind.PART, "", "", 0);
            List<SymbolInfo> whole = symbols.list(all, 0, 1_000_000);
            assertTrue(whole.size() > 1000);
            for (int offset = 0; offset < whole.size(); offset += 997) {
                List<SymbolInfo> page = symbols.list(all, offset, 997);
                assertEquals(whole.get(offset).getLinkName(), page.get(0).getLinkName());
                assertEquals(Math.min(997, whole.size() - offset), page.size());
            }
            assertEquals(
                    2,
                    symbols.list(new Query(Query.Kind.PART, "K::f(", "", 0), 0, 10)
                            .size());
        });
    }

    /** Each field of the headers and tables set to nonsense: there may be fewer functions, but only Failures are thrown. */
    @Test
    void survivesDamage() throws Exception {
        byte[] good = Files.readAllBytes(compiled());
        Path damaged = folder.resolve("damaged");
        long sections = java.nio.ByteBuffer.wrap(good)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(40);
        java.util.Random random = new java.util.Random(1);
        int failures = 0;
        for (int round = 0; round < 1500; round++) {
            byte[] bytes = good.clone();
            int places = 1 + random.nextInt(4);
            for (int i = 0; i < places; i++) {
                int at = round % 3 == 0
                        ? random.nextInt(800)
                        : round % 3 == 1
                                ? (int) sections + random.nextInt(bytes.length - (int) sections)
                                : random.nextInt(bytes.length);
                int width = 1 + random.nextInt(8);
                byte value = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
                for (int j = at; j < Math.min(bytes.length, at + width); j++) {
                    bytes[j] = value;
                }
            }
            Files.write(
                    damaged, round % 10 == 9 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            try {
                FileSource source =
                        FileSource.find("damaged", List.of(damaged), 0).orElseThrow();
                ModuleFile file = ModuleFile.read(source, "/damaged", List.of(Path.of("")), Natives.codec());
                FunctionTable table = file.functions();
                for (int i = 0; i < table.count(); i++) {
                    file.functionAt(table.value(i));
                    table.symbol(i);
                }
                file.landmarks();
                file.go();
                file.code();
                file.pointers();
            } catch (Failure e) {
                failures++;
            }
        }
        assertTrue(failures > 50 && failures < 1400, failures + " failures");
    }
}
