package org.openjdk.jmc.flightrecorder.ui;

/** For the test host: a type that is named by those that pages use. */
public class BasicConfig {
    /** Made by JMC. */
    BasicConfig() {}
}
