package dev.tollgate.gate;

import dev.tollgate.core.audit.QuotaWarningLog;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A memory of quota warnings in this process. */
public final class GivenQuotaWarnings implements QuotaWarningLog {

    private final Set<String> given = ConcurrentHashMap.newKeySet();

    @Override
    public CompletionStage<Boolean> markGiven(Caller caller, BillingMonth month, int percent, long quota) {
        return CompletableFuture.completedStage(given.add(caller + " " + month + " " + percent + " of " + quota));
    }
}
