/** Rules about tracepoints, for JMC's automated analysis and for reports. */
package org.dyntrace.jfrbridge.rules;
