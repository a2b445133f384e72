/** Recordings of both kinds as one row of events, and the forms in which it can be written. */
package org.dyntrace.jfrbridge.timeline;
