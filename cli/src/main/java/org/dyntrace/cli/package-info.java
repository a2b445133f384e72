/** The dyntrace command: one class a verb, a JMX client only. */
package org.dyntrace.cli;
