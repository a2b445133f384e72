package org.openjdk.jmc.rjmx.actionprovider;

import org.openjdk.jmc.common.action.Executable;
import org.openjdk.jmc.rjmx.IServerHandle;

/** For the test host: as JMC's type of this name. */
public interface IActionFactory {
    /** {@return what is done when the action is chosen} */
    Executable createAction(IServerHandle server);
}
