/** What the daemon can do with a process through one of its agents, native or Java. */
package org.dyntrace.daemon.target;
