/** The JDK Mission Control plugin. */
package org.dyntrace.jmc;
