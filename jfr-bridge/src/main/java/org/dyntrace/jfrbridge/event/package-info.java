/** Events of both kinds of recordings, in one form: packed values, so that millions of them cost little. */
package org.dyntrace.jfrbridge.event;
