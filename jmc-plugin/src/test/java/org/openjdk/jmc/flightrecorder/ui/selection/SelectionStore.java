package org.openjdk.jmc.flightrecorder.ui.selection;

/** For the test host: a type that is named by those that pages use. */
public class SelectionStore {
    /** Made by JMC. */
    SelectionStore() {}
}
