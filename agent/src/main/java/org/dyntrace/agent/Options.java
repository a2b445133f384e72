package org.dyntrace.agent;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the agent is told when it is let in: {@code rundir=…,libraries=…,report=…}, each optional and percent-encoded where it holds
 * a comma or a percent sign.
 *
 * @param rundirs run directories where a daemon may be, the likeliest first
 * @param libraries the folder with the native libraries
 */
record Options(List<String> rundirs, Path libraries) {
    static Options parse(String text, Path jar) {
        List<String> rundirs = new ArrayList<>();
        Path libraries = jar.getParent();
        for (String option : text.split(",")) {
            int equals = option.indexOf('=');
            if (equals < 0) {
                continue;
            }
            // A plus is a plus: only percent signs are special.
            String value = URLDecoder.decode(option.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
            switch (option.substring(0, equals)) {
                case "rundir" -> rundirs.add(value);
                case "libraries" -> libraries = Path.of(value);
                default -> {
                    // of a newer daemon
                }
            }
        }
        String chosen = System.getenv("DYNTRACE_RUNDIR");
        if (chosen != null && !chosen.isEmpty()) {
            rundirs.add(chosen);
        }
        rundirs.add("/run/dyntrace");
        String user = System.getenv("XDG_RUNTIME_DIR");
        if (user != null && !user.isEmpty()) {
            rundirs.add(user + "/dyntrace");
        }
        return new Options(List.copyOf(rundirs), libraries);
    }
}
