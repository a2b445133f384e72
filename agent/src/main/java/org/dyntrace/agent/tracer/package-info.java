/** What happens at a hit: one small class a tracer. */
package org.dyntrace.agent.tracer;
