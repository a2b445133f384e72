/** The link to the daemon, and the agent's one thread. */
package org.dyntrace.agent.link;
