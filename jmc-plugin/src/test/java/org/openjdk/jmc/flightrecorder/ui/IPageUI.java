package org.openjdk.jmc.flightrecorder.ui;

import org.openjdk.jmc.common.IStateful;

/** For the test host: as JMC's type of this name. */
public interface IPageUI extends IStateful {}
