/** Puts calls into methods by retransformation, and takes them out again. */
package org.dyntrace.agent.weave;
