/** Traces of LTTng, read through libbabeltrace2 in a process of its own. */
package org.dyntrace.jfrbridge.ctf;
