/** Linux processes as the daemon sees them: who they are, what they have mapped, their memory, and stopping their threads. */
package org.dyntrace.daemon.proc;
