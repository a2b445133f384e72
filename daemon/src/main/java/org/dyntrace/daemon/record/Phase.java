package org.dyntrace.daemon.record;

/** How far a recording is. */
enum Phase {
    /** Not all of it goes on yet. A daemon that was killed meanwhile leaves it to the next one to take it away. */
    STARTING,
    /** It goes on. */
    GOING,
    /** Nothing goes on any more, and who asked has not got the files yet. */
    ENDED,
    /** As before, and some of the files may be in the directory of who asked. */
    HANDING_OVER,
    /** Nobody wants anything of it any more; but a JVM or a session may still have to be told that it is over. */
    OVER
}
