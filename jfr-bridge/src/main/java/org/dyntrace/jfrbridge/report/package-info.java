/** What a recording says about its tracepoints. */
package org.dyntrace.jfrbridge.report;
