/** What {@code scripts/bench} measures in JVMs, and of the daemon. */
package org.dyntrace.bench;
