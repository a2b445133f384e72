/** Methods: their names, stable addresses and patterns. */
package org.dyntrace.agent.symbols;
