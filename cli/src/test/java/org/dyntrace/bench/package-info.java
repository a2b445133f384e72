/** What {@code scripts/bench} measures in JVMs. */
package org.dyntrace.bench;
