package org.dyntrace.e2e;

import java.util.ArrayList;
import java.util.List;

/** The user nobody, who gives commands. */
final class Asker {
    private final List<String> identity;

    private Asker(String groups) {
        this.identity = List.of("setpriv", "--reuid=nobody", "--regid=nogroup", groups);
    }

    static Asker stranger() {
        return new Asker("--clear-groups");
    }

    static Asker memberOf(String group) {
        return new Asker("--groups=" + group);
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
        return Shell.run(command.toArray(String[]::new));
    }

    private Result as(String... words) {
        List<String> command = new ArrayList<>(identity);
        command.addAll(List.of(words));
        return Shell.run(command.toArray(String[]::new));
    }
}
