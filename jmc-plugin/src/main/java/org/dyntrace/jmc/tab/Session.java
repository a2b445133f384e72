package org.dyntrace.jmc.tab;

import org.dyntrace.jmc.model.Daemon;
import org.dyntrace.jmc.model.Requests;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.ui.forms.widgets.FormToolkit;

/**
 * What all parts of the tab work with.
 *
 * @param daemon the daemon
 * @param requests asks it
 * @param activity makes and shows changes
 * @param images holds icons
 * @param toolkit makes widgets that look like JMC's
 */
record Session(Daemon daemon, Requests requests, Activity activity, ResourceManager images, FormToolkit toolkit) {}
