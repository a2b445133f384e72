/** What the host bundle runs inside of Equinox, where JMC would be. */
package org.dyntrace.jmc.host;
