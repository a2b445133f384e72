package org.dyntrace.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Another user, who gives commands. */
final class Asker {
    private final List<String> identity;
    private String runtime = "";

    private Asker(String user, String group, String groups) {
        this.identity = List.of("setpriv", "--reuid=" + user, "--regid=" + group, groups);
    }

    static Asker stranger() {
        return new Asker("nobody", "nogroup", "--clear-groups");
    }

    static Asker memberOf(String group) {
        return new Asker("nobody", "nogroup", "--groups=" + group);
    }

    /** {@return a user of this machine, as after a login} */
    static Asker user(String name) {
        return new Asker(name, Shell.run("id", "-g", name).ok(), "--init-groups");
    }

    /** {@return the words of a command that he runs, with an environment of his own} */
    Object[] words(Object... command) {
        return Stream.concat(identity.stream(), Stream.of(command)).toArray();
    }

    /** Runs a launcher, which this user sees even where the repository lies in root's home. */
    Result run(String launcher, Object... arguments) {
        List<String> command = new ArrayList<>();
        if (as("test", "-x", Installation.launcher(launcher)).exitCode() != 0) {
            String home = Installation.home().toString();
            command.addAll(List.of("unshare", "-m", "sh", "-ec"));
            command.add("mount --bind \"$1\" /mnt; mount -t tmpfs -o mode=755 none \"$2\"; mkdir -p \"$1\";"
                    + " mount --bind /mnt \"$1\"; shift 2; exec \"$@\"");
            command.addAll(List.of("sh", home, "/" + home.split("/")[1]));
        }
        command.addAll(identity);
        // The working directory may be one that this user cannot see.
        command.addAll(List.of("sh", "-c", "cd /; exec \"$@\"", "sh", Installation.launcher(launcher)));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return Shell.run(Map.of("XDG_RUNTIME_DIR", runtime), command.toArray(String[]::new));
    }

    /** Sets his XDG_RUNTIME_DIR, where a daemon of his own is. */
    Asker withRuntime(Path directory) {
        runtime = directory.toString();
        return this;
    }

    /** Runs any command. */
    Result as(String... words) {
        List<String> command = new ArrayList<>(identity);
        command.addAll(List.of(words));
        return Shell.run(command.toArray(String[]::new));
    }
}
