package dev.tollgate.core.limit;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A port to what PostgreSQL remembers of a caller. An empty Redis is given this state before it decides for that caller.
 */
public interface AccountStateSource {

    /**
     * What is known of a caller.
     *
     * @param usedThisMonth settled cost units of the month asked for, 0 if none
     * @param permanentBan the permanent ban in force, if any
     */
    record AccountState(long usedThisMonth, Optional<Ban> permanentBan) {

        /** A caller nothing is known of. */
        public static final AccountState NONE = new AccountState(0, Optional.empty());
    }

    /** Loads the state of a caller; fails if the database cannot be reached. */
    CompletionStage<AccountState> load(Caller caller, BillingMonth month);
}
