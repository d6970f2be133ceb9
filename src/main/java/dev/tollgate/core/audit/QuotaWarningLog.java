package dev.tollgate.core.audit;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import java.util.concurrent.CompletionStage;

/**
 * A port to the memory of quota warnings that all nodes share, so that each is given once. Thread-safe.
 */
@FunctionalInterface
public interface QuotaWarningLog {

    /**
     * Marks a warning as given. Does not block.
     *
     * @param percent the part of the quota that is used
     * @param quota the quota; another one is warned of again
     * @return completed with whether no node had marked it before; exceptionally if that cannot be found out
     */
    CompletionStage<Boolean> markGiven(Caller caller, BillingMonth month, int percent, long quota);
}
