/** The contract between the daemon and everything that drives it: MXBeans, names, values, grammar and the connector. */
package org.dyntrace.mbeans;
