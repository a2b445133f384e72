package org.dyntrace.agent.natives;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Compares what the natives say of methods with what javap says of the class files, in the JVM that runs it. */
final class MethodsMain {
    private static final Pattern INSTRUCTION = Pattern.compile("\\s+(\\d+): ([a-z][a-z0-9_]*).*");
    private static final int WIDE = 0xc4;
    private static final int ACC_OF_METHODS = 0x1fff;

    private MethodsMain() {}

    public static void main(String[] arguments) throws Exception {
        Natives.load(arguments[0]);
        Map<Integer, String> mnemonics = new HashMap<>();
        int methods = 0;
        for (Class<?> type : List.of(
                java.util.HashMap.class,
                String.class,
                Object.class,
                Runnable.class,
                java.util.function.Function.class,
                java.math.BigDecimal.class,
                java.util.regex.Pattern.class,
                Thread.class,
                java.util.concurrent.TimeUnit.class,
                java.util.Formatter.class)) {
            type.getDeclaredMethods(); // links it
            methods += compare(type, mnemonics);
        }
        check(mnemonics.size() > 100 && mnemonics.size() == new TreeSet<>(mnemonics.values()).size(), "" + mnemonics);
        oddities();
        int many = time();
        System.out.println("fine: " + methods + " methods, " + mnemonics.size() + " opcodes, " + many + " listed");
    }

    /** Each instruction must be where javap sees it, and the same opcode always have the same name. */
    private static int compare(Class<?> type, Map<Integer, String> mnemonics) {
        TreeSet<String> expected = new TreeSet<>();
        TreeSet<String> found = new TreeSet<>();
        Object[] described = Natives.methods(type);
        String[] names = (String[]) described[0];
        String[] descriptors = (String[]) described[1];
        int[] modifiers = (int[]) described[2];
        for (int i = 0; i < names.length; i++) {
            found.add(names[i] + descriptors[i] + " " + (modifiers[i] & ACC_OF_METHODS));
        }
        String[] lines = javap(type);
        String name = null;
        int instructions = 0;
        byte[] code = null;
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            if (line.startsWith("    descriptor: (")) {
                String descriptor = line.substring(line.indexOf('('));
                name = name(lines[i - 1], type);
                String flags = lines[i + 1];
                expected.add(
                        name + descriptor + " " + Integer.decode(flags.replaceAll(".*\\((0x[0-9a-f]+)\\).*", "$1")));
                code = Natives.bytecodes(type, name, descriptor);
                boolean hasCode = !flags.contains("ACC_NATIVE") && !flags.contains("ACC_ABSTRACT");
                check((code != null) == hasCode, name + descriptor + " has code: " + hasCode);
            }
            Matcher instruction = INSTRUCTION.matcher(line);
            if (code != null && line.startsWith("      ") && instruction.matches()) {
                int opcode = code[Integer.parseInt(instruction.group(1))] & 0xff;
                String before = mnemonics.putIfAbsent(opcode, instruction.group(2));
                check(
                        opcode == WIDE || before == null || before.equals(instruction.group(2)),
                        name + ": " + line + " is " + before);
                instructions++;
            }
        }
        check(expected.equals(found), type + ": " + expected + " but " + found);
        check(type.isInterface() || instructions > 5, type + " has few instructions");
        return found.size();
    }

    /** The method's name in javap's line, like "public java.util.HashMap(int);" or "static {};". */
    private static String name(String line, Class<?> type) {
        if (line.trim().startsWith("static {}")) {
            return "<clinit>";
        }
        String before = line.substring(0, line.indexOf('('));
        String name = before.substring(before.lastIndexOf(' ') + 1);
        return name.equals(type.getName()) ? "<init>" : name;
    }

    private static String[] javap(Class<?> type) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        ToolProvider.findFirst("javap").orElseThrow().run(out, out, "-p", "-v", type.getName());
        return text.toString().split("\n");
    }

    private static void oddities() throws Exception {
        Class<?> unlinked = Class.forName("java.util.zip.ZipOutputStream", false, null);
        check(Natives.methods(unlinked) == null, "not linked by us");
        check(Natives.methods(unlinked) == null, "nor by having been asked");
        check(Natives.bytecodes(unlinked, "close", "()V") == null, "no bytecode either");
        unlinked.getDeclaredMethods();
        check(Natives.methods(unlinked) != null, "linked now");
        check(Natives.bytecodes(unlinked, "close", "()V").length > 0, "linked now");
        check(Natives.bytecodes(unlinked, "close", "(I)V") == null, "no such method");
        check(Natives.bytecodes(unlinked, null, "()V") == null, "no name");
        check(Natives.bytecodes(unlinked, "close", null) == null, "no descriptor");
        check(Natives.bytecodes(null, "close", "()V") == null && Natives.methods(null) == null, "no class");
        for (Class<?> none : List.of(int.class, int[].class, String[].class)) {
            Object[] described = Natives.methods(none);
            check(described == null || ((String[]) described[0]).length == 0, none + " has no methods");
        }
    }

    /** All methods of all classes of some modules: about a hundred thousand. */
    private static int time() throws Exception {
        List<Class<?>> types = new ArrayList<>();
        for (String module : List.of("java.base", "jdk.compiler", "java.desktop")) {
            Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", module);
            if (!Files.exists(root)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
                    String name =
                            root.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
                    try {
                        Class<?> type = Class.forName(name, false, ClassLoader.getSystemClassLoader());
                        type.getDeclaredMethods();
                        types.add(type);
                    } catch (ClassNotFoundException | LinkageError notForUs) {
                        continue;
                    }
                }
            }
        }
        long began = System.nanoTime();
        int count = 0;
        for (Class<?> type : types) {
            Object[] described = Natives.methods(type);
            count += described == null ? 0 : ((String[]) described[0]).length;
        }
        long milliseconds = (System.nanoTime() - began) / 1_000_000;
        System.out.println(count + " methods of " + types.size() + " classes in " + milliseconds + " ms");
        check(count > 30_000 && milliseconds * 100_000 / count < 1000, "too slow");
        return count;
    }

    private static void check(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }
}
