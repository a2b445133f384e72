package org.dyntrace.cli;

/** Nobody reads any more, as in {@code dyntrace list-symbols 4711 | head}: no reason to complain. */
final class StdoutClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StdoutClosed(Throwable cause) {
        super(cause);
    }
}
