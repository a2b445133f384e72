package org.dyntrace.mbeans;

/** Which processes a part of a {@link TracepointSet} is for, whatever their pids. */
public sealed interface ProgramKey {
    /** {@return what people call it: the program's path, or the class} */
    String name();

    /**
     * Processes that run one program.
     *
     * @param name the path of its file, as its processes see it, absolute
     * @param buildId the id that its linker gave to it, in hex; empty for any build
     */
    record Program(String name, String buildId) implements ProgramKey {
        @Override
        public String toString() {
            return "program " + Words.quoted(name) + (buildId.isEmpty() ? "" : " " + buildId);
        }
    }

    /**
     * JVMs that were started with {@code java}.
     *
     * @param name what follows java's options: the main class, module/class, or the file name of the jar
     */
    record Java(String name) implements ProgramKey {
        @Override
        public String toString() {
            return "java " + Words.quoted(name);
        }
    }
}
