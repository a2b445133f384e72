package org.dyntrace.jmc.host;

import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.IRange;
import org.openjdk.jmc.flightrecorder.ui.BasicConfig;
import org.openjdk.jmc.flightrecorder.ui.DataPageDescriptor;
import org.openjdk.jmc.flightrecorder.ui.IDisplayablePage;
import org.openjdk.jmc.flightrecorder.ui.IPageContainer;
import org.openjdk.jmc.flightrecorder.ui.RuleManager;
import org.openjdk.jmc.flightrecorder.ui.selection.IFlavoredSelection;
import org.openjdk.jmc.flightrecorder.ui.selection.SelectionStore;

/** Keeps what a page hands over for JMC's other views. */
final class Editor implements IPageContainer {
    private final Thread userInterface = Thread.currentThread();
    private IItemCollection selection;

    /** {@return what was handed over since the last call, or null} */
    IItemCollection takeSelection() {
        IItemCollection taken = selection;
        selection = null;
        return taken;
    }

    @Override
    public void showSelection(IItemCollection items) {
        if (Thread.currentThread() != userInterface) {
            throw new IllegalStateException("handed over on " + Thread.currentThread());
        }
        // As JMC does at once.
        items.hasItems();
        selection = items;
    }

    @Override
    public void showSelection(IFlavoredSelection other) {
        throw new UnsupportedOperationException();
    }

    @Override
    public IDisplayablePage getDisplayablePage(DataPageDescriptor page) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean navigateTo(DataPageDescriptor page) {
        throw new UnsupportedOperationException();
    }

    @Override
    public IRange<IQuantity> getRecordingRange() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SelectionStore getSelectionStore() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void showResults(String... topics) {
        throw new UnsupportedOperationException();
    }

    @Override
    public RuleManager getRuleManager() {
        throw new UnsupportedOperationException();
    }

    @Override
    public BasicConfig getConfig() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void currentPageRefresh() {
        throw new UnsupportedOperationException();
    }
}
