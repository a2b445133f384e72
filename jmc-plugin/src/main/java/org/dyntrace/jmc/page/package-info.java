/** The page with the durations of calls in JMC's Flight Recorder. */
package org.dyntrace.jmc.page;
