package org.dyntrace.jmc.tab;

import org.eclipse.swt.widgets.Display;

/**
 * A display that tells when its thread comes to a loop of events, which is where it reacts again: that of the application, or of a dialog, which has one
 * in the event that opened it.
 */
public final class Loop extends Display {
    private final Freezes freezes;

    /**
     * A display.
     *
     * @param freezes is told
     */
    public Loop(Freezes freezes) {
        this.freezes = freezes;
    }

    @Override
    protected void checkSubclass() {
        // Nothing that a display does is changed.
    }

    @Override
    public boolean readAndDispatch() {
        freezes.end();
        freezes.begin();
        boolean more = super.readAndDispatch();
        freezes.end();
        freezes.begin();
        return more;
    }

    @Override
    public boolean sleep() {
        freezes.end();
        boolean woken = super.sleep();
        freezes.begin();
        return woken;
    }
}
