/** Recordings of LTTng and JVMs' Flight Recorders, started and stopped together. */
package org.dyntrace.daemon.record;
