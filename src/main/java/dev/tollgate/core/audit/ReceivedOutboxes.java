package dev.tollgate.core.audit;

import java.util.Collection;
import java.util.Set;

/**
 * A port that remembers which outbox entries of guards were received, so that no node takes an entry twice. Thread-safe.
 */
public interface ReceivedOutboxes {

    /**
     * Notes that entries are taken over.
     *
     * @param ids theirs, at most {@value #MAX_CHARACTERS} characters each
     * @return those that were not before
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be asked; then none is noted
     */
    Set<String> firstTaken(Collection<String> ids);

    /** The longest id. */
    int MAX_CHARACTERS = 64;
}
