/** What protobuf finds in the place of a class that JVMs from release 24 on warn about. */
package org.dyntrace.agent.unsafe;
