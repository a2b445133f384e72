/** What the plug-in knows of a daemon, and how it asks; nothing here needs a display. */
package org.dyntrace.jmc.model;
