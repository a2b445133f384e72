package org.openjdk.jmc.flightrecorder.ui.selection;

import org.eclipse.jface.viewers.IStructuredSelection;

/** For the test host: a type that is named by those that pages use. */
public interface IFlavoredSelection extends IStructuredSelection {}
