/** What is traced in the tests: loaded by the application's class loader of a JVM of their own. */
package org.dyntrace.agent.program;
