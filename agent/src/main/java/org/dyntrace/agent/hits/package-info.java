/** Brings the two classes into java.base that woven code needs. */
package org.dyntrace.agent.hits;
