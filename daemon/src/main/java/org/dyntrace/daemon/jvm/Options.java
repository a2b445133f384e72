package org.dyntrace.daemon.jvm;

/** The agent's options: name=value, separated by commas; a comma or percent sign in a value is written as in a URL. */
final class Options {
    private final StringBuilder text = new StringBuilder();

    Options with(String name, String value) {
        text.append(text.isEmpty() ? "" : ",")
                .append(name)
                .append('=')
                .append(value.replace("%", "%25").replace(",", "%2C"));
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
