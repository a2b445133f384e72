/** Tests of the whole: the shipped launchers against real programs. */
package org.dyntrace.e2e;
