/** The dyntrace tab: what is seen of the model, and the buttons. */
package org.dyntrace.jmc.tab;
