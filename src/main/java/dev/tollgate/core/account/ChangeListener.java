package dev.tollgate.core.account;

/** A listener of a node's memory to edits made on any node. */
public interface ChangeListener extends ChangePublisher {

    /** Edits may have been missed: whatever is remembered may be wrong. */
    void everythingChanged();

    /** Now and then: a chance to read again what could not be read when an edit was told. */
    void catchUp();
}
