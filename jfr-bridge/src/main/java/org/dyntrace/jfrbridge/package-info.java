/** JFR recordings and LTTng traces on one timeline. */
package org.dyntrace.jfrbridge;
