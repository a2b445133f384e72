package org.openjdk.jmc.flightrecorder.ui;

import org.eclipse.jface.resource.ImageDescriptor;
import org.openjdk.jmc.common.IState;

/** For the test host: as JMC's type of this name. */
public interface IPageDefinition {
    /** {@return what the page is called} */
    String getName();

    /** {@return what it is for} */
    String getDescription();

    /** {@return the topics of rules that it is about} */
    String[] getTopics();

    /** {@return its icon} */
    ImageDescriptor getImageDescriptor();

    /** {@return its state} */
    IState getState();
}
