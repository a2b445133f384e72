/** Java methods of running JVMs: how the Java agent gets in, and what it is asked. */
package org.dyntrace.daemon.jvm;
