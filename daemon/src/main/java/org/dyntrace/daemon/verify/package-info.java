/** Proves that a process's code is as in its files, or tells where it isn't and who changed it. Only reads. */
package org.dyntrace.daemon.verify;
