/** The MBeans: every command of the CLI is one operation here. */
package org.dyntrace.daemon.jmx;
