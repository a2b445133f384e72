/** Who may ask the daemon for what: the JMX connector's server side, on a Unix socket that tells who is calling. */
package org.dyntrace.daemon.access;
