package org.openjdk.jmc.flightrecorder.ui;

import org.eclipse.jface.resource.ImageDescriptor;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.IWritableState;

/** For the test host: as JMC's type of this name. */
public interface IDataPageFactory {
    /** {@return what the page is called} */
    String getName(IState state);

    /** {@return what it is for} */
    default String getDescription(IState state) {
        return null;
    }

    /** {@return the topics of rules that it is about} */
    default String[] getTopics(IState state) {
        return new String[0];
    }

    /** {@return its icon} */
    ImageDescriptor getImageDescriptor(IState state);

    /** Writes the state that the page begins with. */
    default void resetToDefault(IState currentState, IWritableState newState) {}

    /** {@return the page of a recording} */
    IDisplayablePage createPage(IPageDefinition definition, StreamModel items, IPageContainer editor);
}
