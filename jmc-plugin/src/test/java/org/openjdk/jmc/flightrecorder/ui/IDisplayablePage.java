package org.openjdk.jmc.flightrecorder.ui;

import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.forms.widgets.FormToolkit;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.item.IItemFilter;
import org.openjdk.jmc.common.item.ItemFilters;

/** For the test host: as JMC's type of this name. */
public interface IDisplayablePage {
    /** {@return what it is called} */
    String getName();

    /** {@return what it is for} */
    String getDescription();

    /** {@return its icon} */
    ImageDescriptor getImageDescriptor();

    /** Shows it; {@return what is shown} */
    IPageUI display(Composite parent, FormToolkit toolkit, IPageContainer editor, IState state);

    /** {@return what other views show while nothing is selected} */
    default IItemFilter getDefaultSelectionFilter() {
        return ItemFilters.none();
    }
}
