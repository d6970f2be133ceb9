package dev.tollgate.core.account;

/** A listener of a node's memory to edits made on any node. */
public interface ChangeListener extends ChangePublisher {

    /** Drops everything cached, since edits may have been missed. */
    void everythingChanged();

    /** Reads again what could not be read when an edit arrived. It is called from time to time. */
    void catchUp();
}
