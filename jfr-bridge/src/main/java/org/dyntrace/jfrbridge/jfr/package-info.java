/** JFR recordings, read with the JDK's own consumer, chunk by chunk. */
package org.dyntrace.jfrbridge.jfr;
