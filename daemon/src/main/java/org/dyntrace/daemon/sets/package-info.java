/** Sets of tracepoints: which processes they are for, and those that are kept for processes to come. */
package org.dyntrace.daemon.sets;
