/** The action in JMC's JVM browser. */
package org.dyntrace.jmc.browser;
