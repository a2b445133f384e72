/** The link to the agents: they connect, the daemon asks. */
package org.dyntrace.daemon.link;
