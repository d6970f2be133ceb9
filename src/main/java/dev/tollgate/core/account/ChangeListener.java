package dev.tollgate.core.account;

/** A node's memory, told of edits made anywhere. */
public interface ChangeListener extends ChangePublisher {

    /** Edits may have been missed: whatever is remembered may be wrong. */
    void everythingChanged();

    /** Now and then: a chance to read again what could not be read when an edit was told. */
    void catchUp();
}
