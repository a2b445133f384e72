package org.dyntrace.agent.weave;

/** Records nothing, and says that it did. */
class Silent extends DyntraceSink {
    @Override
    public boolean hit(int site) {
        return true;
    }

    @Override
    public boolean enter(int site) {
        return true;
    }

    @Override
    public boolean exit(int site) {
        return true;
    }
}
