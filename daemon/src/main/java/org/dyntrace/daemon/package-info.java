/** The daemon: wiring and entry point. */
package org.dyntrace.daemon;
