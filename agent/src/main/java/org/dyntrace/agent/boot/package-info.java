/** The classes in java.lang that traced code calls, and how they get there. */
package org.dyntrace.agent.boot;
