package org.openjdk.jmc.flightrecorder.ui;

import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.IRange;
import org.openjdk.jmc.flightrecorder.ui.selection.IFlavoredSelection;
import org.openjdk.jmc.flightrecorder.ui.selection.SelectionStore;

/** For the test host: as JMC's type of this name. */
public interface IPageContainer {
    /** {@return a page} */
    IDisplayablePage getDisplayablePage(DataPageDescriptor page);

    /** Goes to a page; {@return whether it was another one} */
    boolean navigateTo(DataPageDescriptor page);

    /** Has other views show what is selected. */
    void showSelection(IItemCollection items);

    /** Has other views show what is selected. */
    void showSelection(IFlavoredSelection selection);

    /** {@return from when to when the recording is} */
    IRange<IQuantity> getRecordingRange();

    /** {@return what was selected before} */
    SelectionStore getSelectionStore();

    /** Shows what rules have found. */
    void showResults(String... topics);

    /** {@return what rules have found} */
    RuleManager getRuleManager();

    /** {@return preferences of rules} */
    BasicConfig getConfig();

    /** Shows the page anew. */
    void currentPageRefresh();
}
