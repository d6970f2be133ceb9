package dev.tollgate.core.audit;

import java.util.Collection;
import java.util.Set;

/** Which entries of guards were taken over, so that none is taken twice, by whichever node. Thread-safe. */
public interface ReceivedOutboxes {

    /**
     * Notes that entries are taken over.
     *
     * @param ids theirs, at most {@value #MOST_CHARACTERS} characters each
     * @return those that were not before
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be asked; then none is noted
     */
    Set<String> firstTaken(Collection<String> ids);

    /** The longest id. */
    int MOST_CHARACTERS = 64;
}
