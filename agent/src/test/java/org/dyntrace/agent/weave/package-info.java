/** Tests of the weaver and of the counters, in JVMs of their own. */
package org.dyntrace.agent.weave;
