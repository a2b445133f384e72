/** Everything that runs inside a target JVM. */
package org.dyntrace.agent;
