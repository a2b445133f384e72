/** Entries and exits put together. */
package org.dyntrace.jfrbridge.calls;
