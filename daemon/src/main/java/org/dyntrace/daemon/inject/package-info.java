/** Brings the agent into a process that is already running, from any moment of its life. */
package org.dyntrace.daemon.inject;
